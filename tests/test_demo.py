"""The demo: its data, its references against each other, its picture, and the command itself."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pygraph.demo import digits, measure, picture, png, references

ROOT = Path(__file__).resolve().parent.parent


def test_digits_are_the_published_test_set() -> None:
    pixels, labels = digits.load()
    assert pixels.shape == (1797, 64)
    assert pixels.dtype == np.float64
    assert (pixels.min(), pixels.max()) == (0.0, 16.0)
    # How many of each digit, as the data set's own description counts them.
    assert np.bincount(labels).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert pixels[0, :8].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]
    assert labels[:10].tolist() == list(range(10))


def test_the_licence_lies_beside_the_digits() -> None:
    text = (Path(digits.__file__).parent / "data" / "LICENSE.digits.txt").read_text()
    for part in ("UCI Machine Learning Repository", "CC BY 4.0", "scikit-learn", "BSD 3-Clause"):
        assert part in text


def test_k_means_references_agree() -> None:
    pixels, _ = digits.load()
    points, start = pixels[:200], pixels[:10].copy()
    centroids, assigned, rounds = references.k_means_numpy(points, start)
    plain = references.k_means_python(points.tolist(), start.tolist())
    assert rounds == plain[2] > 1
    assert assigned.tolist() == plain[1]
    np.testing.assert_allclose(centroids, plain[0], rtol=1e-12)
    # It is a fixed point: every centroid is the mean of its own.
    for index, centroid in enumerate(centroids):
        np.testing.assert_allclose(points[assigned == index].mean(axis=0), centroid, rtol=1e-12)


def test_k_means_references_keep_an_empty_cluster() -> None:
    points, start = np.array([[0.0], [1.0]]), np.array([[0.4], [50.0]])
    centroids, assigned, _ = references.k_means_numpy(points, start)
    assert references.k_means_python(points.tolist(), start.tolist())[:2] == (
        centroids.tolist(),
        assigned.tolist(),
    )
    assert centroids.tolist() == [[0.5], [50.0]]


def test_mandelbrot_references_agree() -> None:
    real, imaginary = np.meshgrid(np.linspace(-2.3, 1.0, 40), np.linspace(1.1, -1.1, 30))
    steps = references.mandelbrot_numpy(real, imaginary, 50)
    plain = references.mandelbrot_python(real.tolist(), imaginary.tolist(), 50)
    assert steps.tolist() == plain
    assert set(np.unique(steps)) >= {0, 1, 2, 50}


def test_sum_squares_references_agree() -> None:
    assert [references.sum_squares_python(n) for n in (0, 1, 2, 10)] == [0, 1, 5, 385]
    assert references.sum_squares_numpy(1000) == references.sum_squares_python(1000)


def decode_png(data: bytes) -> np.ndarray[Any, Any]:
    """Read back what `png.encode` may write, checking every checksum."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, offset = [], 8
    while offset < len(data):
        (length,) = struct.unpack_from(">I", data, offset)
        kind, content = data[offset + 4 : offset + 8], data[offset + 8 : offset + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, offset + 8 + length)
        assert checksum == zlib.crc32(kind + content)
        chunks.append((kind, content))
        offset += 12 + length
    assert [kind for kind, _ in chunks] == [b"IHDR", b"IDAT", b"IEND"]
    width, height, *rest = struct.unpack(">IIBBBBB", chunks[0][1])
    assert rest == [8, 2, 0, 0, 0]
    rows = np.frombuffer(zlib.decompress(chunks[1][1]), np.uint8).reshape(height, 1 + 3 * width)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(height, width, 3)


@pytest.mark.parametrize("shape", [(1, 1, 3), (2, 5, 3), (33, 17, 3)])
def test_png_reads_back(tmp_path: Path, shape: tuple[int, ...]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)
    png.write(tmp_path / "a.png", pixels)
    np.testing.assert_array_equal(decode_png((tmp_path / "a.png").read_bytes()), pixels)


@pytest.mark.parametrize(
    "pixels",
    [np.zeros((2, 2), np.uint8), np.zeros((2, 2, 3)), np.zeros((0, 2, 3), np.uint8)],
    ids=["grey", "float", "empty"],
)
def test_png_refuses(pixels: np.ndarray[Any, Any]) -> None:
    with pytest.raises(ValueError, match=re.escape(f"{pixels.dtype} {pixels.shape}")):
        png.encode(pixels)


def test_picture_has_the_set_in_black_and_the_digits_below() -> None:
    steps = np.array([[0, 1, 100] * 40, [100, 5, 50] * 40])
    centroids = np.zeros((10, 64))
    centroids[3] = 16.0
    pixels = picture.compose(steps, 100, centroids)
    assert pixels.shape[1:] == (120, 3)
    np.testing.assert_array_equal((pixels[:2] == 0).all(axis=2), steps == 100)
    dark = np.nonzero((pixels[2:] == 0).all(axis=(0, 2)) | (pixels[6] == 0).all(axis=1))[0]
    assert 36 <= dark.min() <= dark.max() < 48
    with pytest.raises(ValueError, match="10 digits need 90 columns, not 80"):
        picture.tile_digits(centroids, 80)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (12.34, "   12.3 s "),
        (1.0, "   1.00 s "),
        (0.9999, "   1.00 s "),
        (0.0123, "   12.3 ms"),
        (0.5, "    500 ms"),
        (4.56e-6, "   4.56 us"),
        (7.8e-8, "   78.0 ns"),
    ],
)
def test_duration(seconds: float, text: str) -> None:
    assert measure.duration(seconds) == text


def test_alternate_takes_turns_and_rests_who_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, calls = 0.0, []

    def contender(name: str, seconds: float) -> measure.Run:
        def run() -> None:
            nonlocal clock
            clock += seconds
            calls.append(name)

        return run

    monkeypatch.setattr(measure.time, "perf_counter", lambda: clock)
    runs = {"quick": contender("quick", 0.25), "slow": contender("slow", 8.0)}
    timings = measure.alternate(runs, samples=3, budget=1.0)
    assert calls == ["quick", "slow", "quick", "quick"]
    assert timings["quick"].median == 0.25
    assert timings["slow"].samples == (8.0,)


def run_module(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """`python -m pygraph ...` in another folder, with the package that these tests belong to."""
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import runpy; "
    code += "sys.argv[0] = 'pygraph'; runpy.run_module('pygraph', run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=cwd, capture_output=True, text=True
    )


def test_the_table_of_ops_is_the_documented_one() -> None:
    done = run_module("ops", cwd=ROOT)
    assert done.returncode == 0, done.stderr
    documented = (ROOT / "docs" / "ops.md").read_text().split("\n\n", 2)[2]
    assert done.stdout == documented, "run: python -m pygraph ops, and put it into docs/ops.md"


def test_info_command(tmp_path: Path) -> None:
    done = run_module("info", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = dict(re.split(r"\s{2,}", line, maxsplit=1) for line in done.stdout.splitlines())
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", rows["pygraph"])
    assert set(rows) == {
        "pygraph",
        "Python",
        "compiler",
        "instructions",
        "BLAS",
        "threads",
        "installed in",
    }
    assert int(rows["threads"]) >= 1


def test_demo_command(tmp_path: Path) -> None:
    done = run_module("demo", "--quick", "--plot", "demo.png", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    text = done.stdout
    assert text.count("equal to NumPy's result") == 3
    for part in ("1. k-means", "2. Mandelbrot", "3. sum of squares", "def k_means(", "nodes"):
        assert part in text
    assert max(map(len, text.splitlines())) <= 100
    pixels = decode_png((tmp_path / "demo.png").read_bytes())
    assert pixels.shape[1] == 192
    assert len(np.unique(pixels.reshape(-1, 3), axis=0)) > 20


def test_demo_refuses_a_folder_that_is_not_there(tmp_path: Path) -> None:
    done = run_module("demo", "--plot", "nowhere/demo.png", cwd=tmp_path)
    assert done.returncode == 2
    assert "nowhere" in done.stderr


def test_demo_says_so_when_a_result_is_wrong(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from pygraph.demo import show

    monkeypatch.setattr(references, "sum_squares_numpy", lambda n: -1)
    assert show.run(None, quick=True) == 1
    printed = capsys.readouterr().out
    assert "DIFFERS FROM NumPy's result" in printed
    assert "WRONG RESULT: sum of squares" in printed
