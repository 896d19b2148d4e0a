"""The map of a system: boundaries laid out in layers of dependency, in units that a template draws as SVG.

Layers, order and heights follow Sugiyama, Tagawa and Toda (1981): break cycles, give layers, put a bend into each
layer that a long arrow passes, lessen crossings by barycentres, then place. The last step is exact: the positions
nearest to the wished ones (least squares) under the least distances, by pooling adjacent violators.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from seamwright.model.run import Seam
from seamwright.reports._summary import Sentence, Summary, Tally

__all__ = ["Arrow", "Map", "Node", "map_of"]

WIDTH, HEIGHT = 192, 66
_ACROSS, _DOWN, _BEND = 92, 20, 14
_TALLEST = 8
_COLUMNS = 4
_SWEEPS = 8


@dataclass(frozen=True, slots=True)
class Node:
    """A boundary on the map: its upper left corner, and its tally. A dependency that is no boundary has none."""

    name: str
    kind: str
    x: float
    y: float
    tally: Tally | None
    anchor: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """An arrow from a boundary to one it depends on: its path, and what is known of that dependency."""

    source: str
    target: str
    path: str
    backwards: bool
    tally: Tally
    label_x: float
    label_y: float


@dataclass(frozen=True, slots=True)
class Map:
    """All that is drawn."""

    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    width: float
    height: float


def map_of(summary: Summary, anchors: Mapping[str, str]) -> Map:
    """Lay out the seams of a run; `anchors` gives the id on the page of each boundary."""
    seams = {seam.name: seam for seam in summary.record.seams}
    names = [*seams, *(name for name in summary.boundaries if name not in seams)]
    edges = [
        (seam.name, target)
        for seam in seams.values()
        for target in dict.fromkeys(seam.depends_on)
        if target != seam.name
    ]
    names += dict.fromkeys(target for _, target in edges if target not in names)
    joined = {name for edge in edges for name in edge}
    places, routes, width, height = _layered([n for n in names if n in joined], edges)
    alone = [n for n in names if n not in joined]
    if alone:
        grid, width, height = _grid(alone, width, height)
        places.update(grid)
    nodes = tuple(_node(n, places[n], seams.get(n), summary, anchors.get(n, "")) for n in names)
    arrows = tuple(_arrow(edge, *routes[edge], summary.sentences) for edge in edges)
    return Map(nodes, arrows, width, height)


def _node(name: str, place: tuple[float, float], seam: Seam | None, summary: Summary, anchor: str) -> Node:
    tally = summary.boundaries.get(name)
    return Node(name, seam.kind if seam else "not in this run", place[0], place[1], tally, anchor)


def _arrow(
    edge: tuple[str, str], points: Sequence[tuple[float, float]], backwards: bool, sentences: Iterable[Sentence]
) -> Arrow:
    source, target = edge
    verdicts = [
        cell.verdict
        for sentence in sentences
        if sentence.boundary == source and sentence.evidence
        for cell in sentence.evidence.cells
        if cell.cell == target or cell.cell.startswith((f"{target}:", f"{target} "))
    ]
    # The label sits in the last gap before the arrow's head, where arrows to one target have not met yet.
    start, end = (points[0], points[1]) if backwards else (points[-2], points[-1])
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    return Arrow(source, target, _curve(points), backwards, Tally.of(verdicts), x, y)


def _curve(points: Sequence[tuple[float, float]]) -> str:
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (x0 + x1) / 2
        parts.append(f"C{middle:.1f} {y0:.1f} {middle:.1f} {y1:.1f} {x1:.1f} {y1:.1f}")
    return " ".join(parts)


_Places = dict[str, tuple[float, float]]
_Edge = tuple[str, str]
_Routes = dict[_Edge, tuple[list[tuple[float, float]], bool]]
_Bend = tuple[str, str, int]
_Slot = str | _Bend


def _layered(names: Sequence[str], edges: Sequence[_Edge]) -> tuple[_Places, _Routes, float, float]:
    if not names:
        return {}, {}, 0.0, 0.0
    turned = _against(names, edges)
    down = [(b, a) if (a, b) in turned else (a, b) for a, b in edges]
    layer = _layers(names, down)
    depth = max(layer.values()) + 1
    rows: list[list[_Slot]] = [[n for n in names if layer[n] == number] for number in range(depth)]
    chains: dict[_Edge, list[_Slot]] = {}
    for edge, (a, b) in zip(edges, down, strict=True):
        bends: list[_Slot] = [(edge[0], edge[1], number) for number in range(layer[a] + 1, layer[b])]
        for number, bend in enumerate(bends, layer[a] + 1):
            rows[number].append(bend)
        chains[edge] = [a, *bends, b]
    before: dict[_Slot, list[_Slot]] = {}
    after: dict[_Slot, list[_Slot]] = {}
    for chain in chains.values():
        for upper, lower in pairwise(chain):
            after.setdefault(upper, []).append(lower)
            before.setdefault(lower, []).append(upper)
    centres = _ordered_and_placed(rows, before, after)
    top = min(centres[slot] - _size(slot) / 2 for row in rows for slot in row)
    bottom = max(centres[slot] + _size(slot) / 2 for row in rows for slot in row)
    places = {n: (float(layer[n] * (WIDTH + _ACROSS)), centres[n] - top - HEIGHT / 2) for n in names}
    routes: _Routes = {}
    for edge, chain in chains.items():
        first = str(chain[0])
        points: list[tuple[float, float]] = [(layer[first] * (WIDTH + _ACROSS) + WIDTH, centres[chain[0]] - top)]
        for bend in chain[1:-1]:
            x = int(bend[2]) * (WIDTH + _ACROSS)
            points += [(x, centres[bend] - top), (x + WIDTH, centres[bend] - top)]
        points.append((layer[str(chain[-1])] * (WIDTH + _ACROSS), centres[chain[-1]] - top))
        routes[edge] = (points, edge in turned)
    return places, routes, float(depth * WIDTH + (depth - 1) * _ACROSS), bottom - top


def _against(names: Sequence[str], edges: Sequence[_Edge]) -> set[_Edge]:
    """The arrows to turn round so that there is no cycle: those that close one in a depth-first walk."""
    targets: dict[str, list[str]] = {}
    for a, b in edges:
        targets.setdefault(a, []).append(b)
    entered = {b for _, b in edges}
    state: dict[str, int] = {}
    turned: set[_Edge] = set()
    for root in sorted(names, key=lambda n: n in entered):
        if root in state:
            continue
        state[root] = 1
        stack = [(root, iter(targets.get(root, ())))]
        while stack:
            name, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                state[name] = 2
                stack.pop()
            elif following not in state:
                state[following] = 1
                stack.append((following, iter(targets.get(following, ()))))
            elif state[following] == 1:
                turned.add((name, following))
    return turned


def _layers(names: Sequence[str], edges: Sequence[_Edge]) -> dict[str, int]:
    """The first layer after all who depend on it, with at most `_TALLEST` boundaries in one layer."""
    waiting = {name: {a for a, b in edges if b == name} for name in names}
    layer: dict[str, int] = {}
    filled: dict[int, int] = {}
    while len(layer) < len(names):
        name = next(n for n in names if n not in layer and not waiting[n] - layer.keys())
        number = max((layer[a] + 1 for a in waiting[name]), default=0)
        while filled.get(number, 0) >= _TALLEST:
            number += 1
        layer[name] = number
        filled[number] = filled.get(number, 0) + 1
    return layer


def _ordered_and_placed(
    rows: list[list[_Slot]], before: Mapping[_Slot, list[_Slot]], after: Mapping[_Slot, list[_Slot]]
) -> dict[_Slot, float]:
    centres: dict[_Slot, float] = {}
    for row in rows:
        centres.update(_placed(row, [0.0] * len(row)))
    for sweep in range(_SWEEPS):
        forwards = sweep % 2 == 0
        near = before if forwards else after
        for row in rows if forwards else rows[::-1]:
            wished = {slot: _mean([centres[n] for n in near.get(slot, ())], centres[slot]) for slot in row}
            row.sort(key=wished.__getitem__)
            centres.update(_placed(row, [wished[slot] for slot in row]))
    both = {s: [*before.get(s, ()), *after.get(s, ())] for row in rows for s in row}
    for _ in range(_SWEEPS):
        for row in rows:
            centres.update(_placed(row, [_mean([centres[n] for n in both[s]], centres[s]) for s in row]))
    return centres


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _size(slot: _Slot) -> float:
    return HEIGHT if isinstance(slot, str) else _BEND


def _placed(row: Sequence[_Slot], wished: Sequence[float]) -> dict[_Slot, float]:
    """The centres nearest to the wished ones, in this order, and never nearer to each other than they may be."""
    offsets: list[float] = []
    for number, slot in enumerate(row):
        offsets.append(offsets[-1] + (_size(row[number - 1]) + _size(slot)) / 2 + _DOWN if number else 0.0)
    pools: list[tuple[float, int]] = []
    for wish, offset in zip(wished, offsets, strict=True):
        pools.append((wish - offset, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, m), (b, n) = pools[-2:]
            pools[-2:] = [((a * m + b * n) / (m + n), m + n)]
    flat = [value for value, count in pools for _ in range(count)]
    return {slot: value + offset for slot, value, offset in zip(row, flat, offsets, strict=True)}


def _grid(names: Sequence[str], width: float, height: float) -> tuple[_Places, float, float]:
    """Boundaries without any dependency, in rows below the rest."""
    columns = max(_COLUMNS, int((width + _DOWN) // (WIDTH + _DOWN)))
    top = height + 2 * _DOWN if height else 0.0
    places = {
        name: (float(number % columns * (WIDTH + _DOWN)), top + number // columns * (HEIGHT + _DOWN))
        for number, name in enumerate(names)
    }
    rows = -(-len(names) // columns)
    used = min(columns, len(names))
    return places, max(width, used * (WIDTH + _DOWN) - _DOWN), top + rows * (HEIGHT + _DOWN) - _DOWN
