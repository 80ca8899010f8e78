"""Which source files the names in a program file stand for."""

from __future__ import annotations

import os
import sys

from pygraph import _core


def shown_name(name: str) -> str:
    """Return what stands for a file that a program from elsewhere names.

    It is the file's path if exactly one module of that name was imported here. Any other name gets
    brackets, so that no traceback looks for a text of that name and shows lines of it.
    """
    base = os.path.basename(name)
    files = {
        os.path.abspath(file)
        for module in list(sys.modules.values())
        if isinstance(file := getattr(module, "__file__", None), str)
        and os.path.basename(file) == base
        and name in (file, _core.portable_name(file))
    }
    if len(files) == 1:
        return files.pop()
    plain = name if name.isprintable() else ascii(name)[1:-1]
    return plain if plain.startswith("<") and plain.endswith(">") else f"<{plain}>"
