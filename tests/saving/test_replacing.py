"""A program file takes the place of another when it is complete, or not at all."""

from __future__ import annotations

import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import pygraph as pg

ROOT = Path(pg.__file__).parent.parent


def program(size: int) -> pg.Function:
    """A function whose file holds so many numbers."""
    weights = np.arange(float(size))
    function = pg.function(lambda x: pg.sum(pg.asarray(weights) * x))
    function(pg.asarray(1.0))
    return function


def value_in(path: Path) -> float:
    return float(pg.load(path)(1.0)[0].item())


def only(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_rights_and_links_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.pgraph"
    former = os.umask(0o027)
    try:
        pg.save(program(3), path)
    finally:
        os.umask(former)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    path.chmod(0o604)
    link = tmp_path / "link.pgraph"
    link.symlink_to("a.pgraph")
    pg.save(program(5), str(link))
    assert link.is_symlink()
    assert stat.S_IMODE(path.stat().st_mode) == 0o604
    assert value_in(path) == 10
    assert only(tmp_path) == ["a.pgraph", "link.pgraph"]
    (tmp_path / "hanging").symlink_to("b.pgraph")
    pg.save(program(4), os.fsencode(tmp_path / "hanging"))  # type: ignore[arg-type]
    assert value_in(tmp_path / "b.pgraph") == 6


def test_a_full_disk_leaves_the_older_file(tmp_path: Path) -> None:
    path = tmp_path / "a.pgraph"
    pg.save(program(3), path)
    large = program(100_000)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, limits[1]))
    try:
        with pytest.raises(OSError, match=r"a\.pgraph") as caught:
            pg.save(large, path)
        with pytest.raises(OSError, match=r"new\.pgraph"):
            pg.save(large, tmp_path / "new.pgraph")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert caught.value.filename == str(path)
    assert value_in(path) == 3
    assert only(tmp_path) == ["a.pgraph"]


def test_a_killed_process_leaves_the_older_file(tmp_path: Path) -> None:
    path = tmp_path / "a.pgraph"
    pg.save(program(3), path)
    script = f"""
import sys
sys.path[:0] = {[str(ROOT), str(Path(__file__).parent)]!r}
import pygraph as pg, test_replacing
large = test_replacing.program(1_000_000)
print("ready", flush=True)
while True:
    pg.save(large, {str(path)!r})
"""
    for delay in (0.0, 0.02, 0.05):
        process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        threading.Event().wait(delay)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert value_in(path) in (3, 999_999 * 500_000)


def test_a_reader_beside_a_saving_thread_sees_whole_files(tmp_path: Path) -> None:
    path = tmp_path / "a.pgraph"
    both = [program(3), program(200_000)]
    pg.save(both[0], path)
    done = threading.Event()

    def save() -> None:
        while not done.is_set():
            for function in both:
                pg.save(function, path)

    saving = threading.Thread(target=save)
    saving.start()
    try:
        seen = {value_in(path) for _ in range(100)}
    finally:
        done.set()
        saving.join()
    assert seen <= {3, 199_999 * 100_000}


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere/a\.pgraph"):
        pg.save(program(3), tmp_path / "nowhere" / "a.pgraph")
    with pytest.raises(IsADirectoryError):
        pg.save(program(3), tmp_path)
    if os.geteuid() != 0:
        folder = tmp_path / "closed"
        folder.mkdir(mode=0o500)
        with pytest.raises(PermissionError, match=r"a\.pgraph"):
            pg.save(program(3), folder / "a.pgraph")


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_bytes()))
    reader.start()
    pg.save(program(3), pipe)
    reader.join()
    (tmp_path / "a.pgraph").write_bytes(read[0])
    assert value_in(tmp_path / "a.pgraph") == 3


def test_what_never_ends_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="magic"):
        pg.load("/dev/zero")
