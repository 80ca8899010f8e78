"""Newton's iteration with a data-dependent end: the largest correction says when to stop."""

import math

import pygraph as pg


@pg.function
def square_roots(values, tolerance):
    roots = pg.ones_like(values)
    steps = 0
    while True:
        corrected = 0.5 * (roots + values / roots)
        change = pg.max(pg.abs(corrected - roots))
        roots = corrected
        steps += 1
        if change < tolerance:
            break
    return roots, steps


roots, steps = square_roots(pg.asarray([1.0, 2.0, 144.0, 1e6]), pg.asarray(1e-12))
print(f"{roots} after {steps} steps")
assert all(math.isclose(root * root, x) for root, x in zip(roots, (1, 2, 144, 1e6), strict=True))

print("\nWhat the graph was traced from:\n")
print(pg.autograph.to_code(square_roots))
