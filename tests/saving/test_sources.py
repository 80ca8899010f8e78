"""What a program file says of source files, and what is made of that."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest

import pygraph as pg
from pygraph import _core
from pygraph.graph import Graph
from pygraph.saving.sources import shown_name

ROOT = Path(pg.__file__).parent.parent

MODEL = """
import pygraph as pg

class Model:
    def __init__(self):
        self.scale = 3

    @pg.function
    def predict(self, x, y):
        assert x > 0, "not positive"
        return x // y * self.scale
"""


def save_in(folder: Path, path: Path) -> None:
    package = folder / "outer" / "inner"
    package.mkdir(parents=True)
    for part in (package, package.parent):
        (part / "__init__.py").write_text("")
    (package / "model.py").write_text(MODEL)
    script = f"""
import pygraph as pg
from outer.inner.model import Model
model = Model()
model.predict(pg.asarray(1), pg.asarray(1))
pg.save(model.predict, {str(path)!r})
with pg.profile() as p:
    model.predict(pg.asarray(1), pg.asarray(1))
p.save({str(path.with_suffix(".json"))!r})
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    subprocess.run([sys.executable, "-c", script], env=environment, cwd=folder, check=True)


def test_the_same_graphs_give_the_same_bytes_anywhere(tmp_path: Path) -> None:
    for name in ("here", "there"):
        save_in(tmp_path / name, tmp_path / f"{name}.pgraph")
    data = (tmp_path / "here.pgraph").read_bytes()
    assert (tmp_path / "there.pgraph").read_bytes() == data
    for written in (data, (tmp_path / "here.json").read_bytes()):
        assert b"outer/inner/model.py" in written
        assert str(tmp_path).encode() not in written


def test_a_fault_names_a_file_that_is_not_here_in_brackets(tmp_path: Path) -> None:
    save_in(tmp_path / "there", tmp_path / "a.pgraph")
    shutil.rmtree(tmp_path / "there")
    loaded = pg.load(tmp_path / "a.pgraph")
    assert loaded(7, 2)[0].item() == 9
    with pytest.raises(ZeroDivisionError) as caught:
        loaded(7, 0)
    text = "".join(traceback.format_exception(caught.value))
    assert 'File "<outer/inner/model.py>", line 11, in predict' in text


class Scaled:
    def __init__(self, scale: float) -> None:
        self.scale = scale
        self.calls = pg.Variable(0, name="calls")

    @pg.function
    def predict(self, x):  # type: ignore[no-untyped-def]
        self.calls.assign_add(1)
        return x * self.scale


def test_a_method_is_saved_with_the_graphs_of_its_instance(tmp_path: Path) -> None:
    one, other = Scaled(2), Scaled(3)
    with pytest.raises(ValueError, match="no graph to save yet"):
        pg.save(one.predict, tmp_path / "a.pgraph")
    one.predict(pg.asarray(1.0))
    other.predict(pg.asarray(1.0))
    other.predict(pg.asarray(1))
    pg.save(one.predict, tmp_path / "a.pgraph")
    pg.save(other.predict, tmp_path / "b.pgraph")
    first, second = pg.load(tmp_path / "a.pgraph"), pg.load(tmp_path / "b.pgraph")
    assert (len(first.graphs), len(second.graphs)) == (1, 2)
    assert (first(5.0)[0].item(), second(5.0)[0].item()) == (10, 15)
    assert first.variables[0].read().item() == 2


def loaded_from(text: str, folder: Path) -> Any:
    path = folder / "crafted.pgraph"
    path.write_bytes(_core.write_program([Graph.from_text(text).module], [], []))
    return pg.load(path)


@pg.function
def raises(x):  # type: ignore[no-untyped-def]
    if x > 0:
        raise ValueError("boom")
    return x


def crafted(folder: Path, replaced: dict[str, str]) -> Any:
    """A loaded program, in whose text something stands for something else."""
    raises.get_concrete_function(pg.TensorSpec((), pg.float64))
    text = raises.concrete_functions[0].graph.as_text()
    for old, new in replaced.items():
        assert old in text, text
        text = text.replace(old, new)
    return loaded_from(text, folder)


@pytest.mark.parametrize("name", ["SystemExit", "KeyboardInterrupt", "GeneratorExit", "print"])
def test_a_file_raises_errors_only(name: str, tmp_path: Path) -> None:
    loaded = crafted(tmp_path, {"ValueError": name})
    with pytest.raises(RuntimeError, match=f"{name}: boom"):
        loaded(1.0)


@pytest.mark.parametrize("name", ["UnicodeDecodeError", "ExceptionGroup", "BaseExceptionGroup"])
def test_an_error_that_needs_more_than_text_is_named(name: str, tmp_path: Path) -> None:
    loaded = crafted(tmp_path, {"ValueError": name})
    with pytest.raises(RuntimeError, match=f"{name}: boom"):
        loaded(1.0)


def test_no_text_is_shown_that_is_no_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir("/etc")  # where a file of that name would be found
    loaded = crafted(tmp_path, {__file__: "passwd"})
    with pytest.raises(ValueError, match="boom") as caught:
        loaded(1.0)
    text = "".join(traceback.format_exception(caught.value))
    assert text.splitlines()[-2].startswith('  File "<passwd>", line ')


def test_names_of_no_module_are_in_brackets() -> None:
    for name in ("/etc/passwd", "/proc/self/environ", "passwd"):
        assert shown_name(name) == f"<{name}>"
    assert shown_name("a\nb") == "<a\\nb>"
    assert shown_name("<string>") == "<string>"
    for name in (__file__, Path(__file__).name, "pygraph/saving/program.py"):
        assert shown_name(name) == str((ROOT / name if "/" in name else Path(__file__)).resolve())


def test_a_line_is_one_that_python_can_count(tmp_path: Path) -> None:
    line = raises.python_function.__code__.co_firstlineno + 3
    with pytest.raises(ValueError, match="line number"):
        crafted(tmp_path, {f":{line} in": f":{2**31} in"})
    loaded = crafted(tmp_path, {f":{line} in": f":{2**31 - 1} in"})
    with pytest.raises(ValueError, match="boom"):
        loaded(1.0)


def test_source_of_a_command_is_known() -> None:
    script = """
import pygraph as pg
@pg.function
def f(n):
    s = 0
    for i in pg.range(n):
        s += i
    match s:
        case 3:
            s = 30
    return s
print(f(pg.asarray(3)), f(pg.asarray(4)))
"""
    for options in (["-c"], ["-Xdev", "-Wignore", "-Bc"], ["-W", "ignore", "-X", "utf8", "-c"]):
        command = [sys.executable, *options, script]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        shown = "Tensor(30, dtype=int64) Tensor(6, dtype=int64)\n"
        assert (done.stdout, done.stderr) == (shown, ""), options


def test_portable_names() -> None:
    assert _core.portable_name(pg.__file__) == "pygraph/__init__.py"
    assert _core.portable_name(str(Path(pg.__file__).parent / "saving/program.py")) == (
        "pygraph/saving/program.py"
    )
    assert _core.portable_name("<string>") == "<string>"
    assert _core.portable_name("no/such/file.py") == "no/such/file.py"
