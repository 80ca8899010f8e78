"""The demo's picture: the Mandelbrot set, and below it the digits that k-means found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from pygraph.demo.digits import IMAGE_SHAPE

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Colours from the edge of the picture to the rim of the set; the set itself is black.
STOPS = np.array(
    [[10, 16, 48], [32, 88, 160], [120, 196, 220], [250, 244, 214], [236, 150, 50], [110, 22, 30]],
    np.float64,
)


def colour_steps(steps: NDArray[np.int64], limit: int) -> NDArray[np.uint8]:
    """Escape counts of shape (height, width) as RGB."""
    # The counts crowd near zero, so the scale is logarithmic.
    position = np.log1p(steps) / np.log1p(limit) * (len(STOPS) - 1)
    channels = [np.interp(position, np.arange(len(STOPS)), STOPS[:, c]) for c in range(3)]
    colours = np.stack(channels, axis=-1).round().astype(np.uint8)
    colours[steps >= limit] = 0
    return colours


def tile_digits(centroids: NDArray[np.float64], width: int) -> NDArray[np.uint8]:
    """Mean images side by side in a strip `width` wide, dark on light, as large as fits."""
    count = len(centroids)
    scale = width // (count * (IMAGE_SHAPE[1] + 1))
    if scale == 0:
        raise ValueError(f"{count} digits need {count * (IMAGE_SHAPE[1] + 1)} columns, not {width}")
    grey = np.clip(255.0 - centroids * (255.0 / 16.0), 0.0, 255.0).round().astype(np.uint8)
    images = grey.reshape(count, *IMAGE_SHAPE).repeat(scale, axis=1).repeat(scale, axis=2)
    strip = np.full((images.shape[1] + 2 * scale, width), 255, np.uint8)
    cell = width // count
    for index, image in enumerate(images):
        left = index * cell + (cell - image.shape[1]) // 2
        strip[scale : scale + image.shape[0], left : left + image.shape[1]] = image
    return np.repeat(strip[:, :, None], 3, axis=2)


def compose(
    steps: NDArray[np.int64], limit: int, centroids: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """The whole picture as RGB of shape (height, width, 3)."""
    return np.concatenate([colour_steps(steps, limit), tile_digits(centroids, steps.shape[1])])
