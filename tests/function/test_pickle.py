"""Functions, concrete functions and tensors pickle and copy."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pygraph as pg


def _local() -> Any:
    weights = pg.asarray([1.0, 2.0])

    @pg.function
    def affine(x, shift=1):  # type: ignore[no-untyped-def]
        """Scale and shift."""
        return {"y": x * weights + shift, "n": (shift, None)}

    return affine


def test_importable_functions_pickle_by_reference(tmp_path: Path, monkeypatch: Any) -> None:
    module = tmp_path / "a_module_of_functions.py"
    module.write_text("import pygraph as pg\n@pg.function\ndef double(x):\n    return x * 2\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import a_module_of_functions as functions  # type: ignore[import-not-found]

    assert pickle.loads(pickle.dumps(functions.double)) is functions.double
    assert copy.deepcopy(functions.double) is functions.double
    assert copy.copy(functions.double) is functions.double


def test_other_functions_pickle_by_their_graphs() -> None:
    affine = _local()
    with pytest.raises(TypeError, match=r"affine cannot be pickled: .* call it first"):
        pickle.dumps(affine)
    affine(np.ones(2))
    affine(np.ones(2), shift=5)
    again = pickle.loads(pickle.dumps(affine))
    assert again.tracing_count == 0
    np.testing.assert_array_equal(again(np.ones(2), 5)["y"], [6.0, 7.0])
    assert again(x=np.ones(2))["n"] == (1, None)
    assert again.__name__ == "affine"
    assert again.__doc__ == "Scale and shift."
    with pytest.raises(TypeError, match="affine was pickled by its graphs"):
        again(np.ones(3))
    assert again.cache_info().graphs == 2


def test_pickles_are_read_in_another_process(tmp_path: Path) -> None:
    affine = _local()
    affine(np.ones(2))
    path = tmp_path / "affine.pickle"
    path.write_bytes(pickle.dumps((affine, affine.concrete_functions[0], pg.asarray([3, 4]))))
    code = (
        "import pickle, sys\n"
        "f, g, t = pickle.load(open(sys.argv[1], 'rb'))\n"
        "print(f([1.0, 1.0]) if 0 else f(t * 1.0)['y'].tolist(), g(t * 1.0)['y'].tolist())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout.split("\n")[0] == "[4.0, 9.0] [4.0, 9.0]"


def test_deep_copies_have_the_graphs_and_the_code() -> None:
    affine = _local()
    affine(np.ones(2))
    other = copy.deepcopy({"f": affine})["f"]
    assert other is not affine
    assert other.tracing_count == 0
    other(np.ones(2))
    assert other.tracing_count == 0
    other(np.zeros(2), 7)
    assert other.tracing_count == 1
    assert affine.cache_info().graphs == 1


def test_concrete_functions_pickle() -> None:
    concrete = _local().get_concrete_function(pg.TensorSpec((2,), "float64"), 3)
    again = pickle.loads(pickle.dumps(concrete))
    np.testing.assert_array_equal(again(np.ones(2))["y"], [4.0, 5.0])
    np.testing.assert_array_equal(again(np.ones(2), 3)["y"], [4.0, 5.0])
    assert again.inputs == concrete.inputs
    assert again.pretty_printed_signature() == concrete.pretty_printed_signature()
    assert copy.deepcopy(concrete) is concrete


def test_graphs_of_objects_do_not_pickle() -> None:
    f = pg.function(lambda x, o: x)
    keep = object.__new__(type("Plain", (), {}))
    f(1.0, keep)
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(f)
    with pytest.raises(TypeError, match="for one object only"):
        pickle.dumps(f.concrete_functions[0])


def test_tensors_pickle_out_of_band() -> None:
    tensor = pg.asarray(np.arange(100_000.0))
    buffers: list[pickle.PickleBuffer] = []
    data = pickle.dumps(tensor, protocol=5, buffer_callback=buffers.append)
    assert len(data) < 1000
    assert len(buffers) == 1
    again = pickle.loads(data, buffers=buffers)
    np.testing.assert_array_equal(again, tensor)
    for protocol in range(2, 6):
        np.testing.assert_array_equal(pickle.loads(pickle.dumps(tensor, protocol)), tensor)
