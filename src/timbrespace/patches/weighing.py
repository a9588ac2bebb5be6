"""The plane's weights in a patch: Shepard's, as Franke and Nielson have them, exactly `plane.weights`."""

from __future__ import annotations

from timbrespace.patches.graph import Patch
from timbrespace.plane import CORNERS, REACHES_ALL

POINTS = "ABCD"
FAR = "1e+06"
DISTANCE = "expr sqrt(($f1 - $f3) * ($f1 - $f3) + ($f2 - $f4) * ($f2 - $f4))"
# of four distances and four radii: the nearest point that reaches, the nearest edge (below 0: inside)
NEAREST = (
    f"expr min(min($f1 + {FAR} * ($f1 >= $f5), $f2 + {FAR} * ($f2 >= $f6)), min($f3 + {FAR} * ($f3 >= $f7), "
    f"$f4 + {FAR} * ($f4 >= $f8))) ; min(min($f1 - $f5, $f2 - $f6), min($f3 - $f7, $f4 - $f8))"
)
# of a point: its distance, its radius, the nearest that reaches, the nearest edge
REACHING = "($f1 < $f2) * pow(($f2 - $f1) / $f2 * ($f3 + ($f1 == 0)) / ($f1 + ($f1 == 0)), 2)"
ALONE = "($f4 >= 0) * ($f1 - $f2 == $f4)"
# of those that are equally near where none reaches, the first
FIRST = "expr " + " ; ".join(
    f"$f{p} * (1 - ($f5 >= 0) * ({' + '.join(f'$f{q}' for q in range(1, p)) or '0'} > 0))"
    for p in range(1, 5)
)
SHARE = "expr " + " ; ".join(f"$f{p} / ($f1 + $f2 + $f3 + $f4)" for p in range(1, 5))


def weights() -> Patch:
    """`x F`, `y F` (0 … 1), `point A X Y`, `radius A R`, `radius all R` → a list of four weights."""
    patch = Patch("ts.weights", 1300, 700)
    says = (
        "x F, y F: a place from 0 to 1, point A X Y, radius A R, radius all R. Out: how much each of four "
        "points counts there, a list whose sum is 1, as timbrespace plane has it. bang: again."
    )
    patch.comment(says, 20, 12, 100)
    route = patch.object("route bang x y point radius", 20, 100)
    patch.connect(patch.object("inlet", 20, 70), route)
    x, going = patch.object("clip 0 1", 66, 140), patch.object("spigot", 20, 240)
    place, order = patch.object("f 0.5", 20, 270), patch.object("t b f f f f", 20, 300)
    columns = [patch.object(DISTANCE, 20, 340 + 44 * p) for p in range(4)]
    last, nearest = patch.object("t b b b b", 900, 300), patch.object(NEAREST, 20, 530)
    held = [patch.object("f", 900 + 40 * p, 530) for p in range(4)]
    reaching = [patch.object(f"expr {REACHING} + {ALONE}", 20, 640 + 60 * p, 110) for p in range(4)]
    first, share = patch.object(FIRST, 20, 890), patch.object(SHARE, 20, 980)
    packed = patch.object("pack 0 0 0 0", 20, 1050)
    patch.connect(route, going)
    patch.chain(going, place, order, last)
    patch.connect(route, x, 1)
    patch.connect(_stored(patch, x, going, 66, 170), place, 1, 1)
    for p in range(4):
        patch.connect(order, columns[p], 1 + p)
        patch.connect(last, held[p], p)
        _weighed(patch, p, (columns[p], nearest, held[p], reaching[p]))
        patch.connect(reaching[p], first, 0, p)
        patch.connect(first, share, p, p)
        patch.connect(share, packed, p, p)
    patch.connect(nearest, first, 1, 4)
    patch.connect(packed, patch.object("outlet", 20, 1090))
    _settings(patch, route, going, columns, [(nearest, 4), *((box, 1) for box in reaching)])
    patch.height = 1140
    return patch


def _weighed(patch: Patch, p: int, boxes: tuple[int, int, int, int]) -> None:
    """From the distance of point p to its weight, when the nearest of all is known."""
    distance, nearest, held, weight = boxes
    patch.connect(distance, nearest, 0, p)
    patch.connect(distance, held, 0, 1)
    patch.connect(held, weight)
    patch.connect(nearest, weight, 0, 2)
    patch.connect(nearest, weight, 1, 3)


def _settings(
    patch: Patch, route: int, going: int, distances: list[int], radii: list[tuple[int, int]]
) -> None:
    """y, the points and the radii, stored; then all is worked out again. The first ones when it is opened."""
    y = patch.object("clip 0 1", 186, 140)
    patch.connect(route, y, 2)
    y_held = _stored(patch, y, going, 186, 170)
    points, reach = (
        patch.object(text, x, 200) for text, x in (("route A B C D", 480), ("route all A B C D", 800))
    )
    for outlet, (box, at) in enumerate(((points, 480), (reach, 800)), 3):
        order = patch.object("t b a", at, 140)
        patch.connect(route, order, outlet)
        patch.connect(order, going)
        patch.connect(order, box, 1)
    for p, distance in enumerate(distances):
        patch.connect(y_held, distance, 1, 1)
        ends = patch.object("unpack", 480 + 70 * p, 240)
        patch.connect(points, ends, p)
        patch.connect(ends, distance, 0, 2)
        patch.connect(ends, distance, 1, 3)
        least = patch.object("max 0.001", 800 + 80 * p, 240)
        patch.connect(reach, least)
        patch.connect(reach, least, p + 1)
        patch.connect(least, radii[0][0], 0, radii[0][1] + p)
        patch.connect(least, *(radii[p + 1][0], 0, radii[p + 1][1]))
    start, begin = patch.object("loadbang", 1100, 70), patch.object("t b b", 1100, 100)
    corners = ", ".join(f"point {name} {cx:g} {cy:g}" for name, (cx, cy) in zip(POINTS, CORNERS, strict=True))
    first = patch.message(f"radius all {REACHES_ALL:.7g}, {corners}, y 0.5", 700, 70, 54)
    ready = patch.message("1", 1100, 140)
    patch.chain(start, begin, ready)
    patch.connect(begin, first, 1)
    patch.connect(first, route)
    patch.connect(ready, going, 0, 1)


def _stored(patch: Patch, value: int, going: int, x: int, y: int) -> int:
    """Sends a value on, then has all worked out; returns the box whose outlet 1 is the value."""
    order = patch.object("t b f", x, y)
    patch.chain(value, order, going)
    return order
