"""Writes a picture as PNG (ISO/IEC 15948) with nothing but zlib."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
TRUECOLOUR = 2


def chunk(kind: bytes, content: bytes) -> bytes:
    """One PNG chunk: length, kind, content, and the checksum of the last two."""
    checksum = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", checksum)


def encode(pixels: NDArray[np.uint8]) -> bytes:
    """The PNG file for an RGB picture of shape (height, width, 3)."""
    if pixels.ndim != 3 or pixels.shape[2] != 3 or pixels.dtype != np.uint8 or 0 in pixels.shape:
        raise ValueError(
            f"a picture is uint8 of shape (height, width, 3), not {pixels.dtype} {pixels.shape}"
        )
    height, width, _ = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8, TRUECOLOUR, 0, 0, 0)
    # Each row starts with the number of its filter; 0 means none.
    rows = np.zeros((height, 1 + 3 * width), np.uint8)
    rows[:, 1:] = pixels.reshape(height, 3 * width)
    content = zlib.compress(rows.tobytes(), 9)
    return SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", content) + chunk(b"IEND", b"")


def write(path: str | Path, pixels: NDArray[np.uint8]) -> None:
    """Write an RGB picture of shape (height, width, 3) to a PNG file."""
    Path(path).write_bytes(encode(pixels))
