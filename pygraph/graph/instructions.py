"""The instructions of code objects, one for each variable that they load or store."""

from __future__ import annotations

import dis
import re
from collections.abc import Iterator
from types import CodeType

_EACH = re.compile(r"(?:LOAD|STORE)_FAST(?:_BORROW)?")


def instructions(code: CodeType) -> Iterator[dis.Instruction]:
    """Yield the instructions of a code object, without those of code inside it.

    From Python 3.13 on, one instruction may load or store two local variables; here it is two.
    """
    for instruction in dis.get_instructions(code):
        if instruction.opname.count("_FAST") == 2:
            names = _EACH.findall(instruction.opname)
            for name, variable in zip(names, instruction.argval, strict=True):
                yield instruction._replace(opname=name, argval=variable, argrepr=variable)
        else:
            yield instruction
