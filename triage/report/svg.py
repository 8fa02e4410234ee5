"""The curves of a run as inline SVG that fits any width.

A picture has no ``viewBox``: its marks and words stand at percentages of whatever width it gets, so that nothing but
the curves themselves is stretched. Colours and line widths are those of `triage.report.stylesheet`; there are no style
attributes, so that a strict content security policy can hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from triage.history import Curve, History
from triage.report.escape import plain
from triage.report.figures import number
from triage.report.plot import is_logarithmic
from triage.report.reduction import lost_stretches, reduced
from triage.report.scale import Scale, compact, round_values, scale_of

__all__ = ["bar_svg", "curve_words", "curves_svg", "signed_bar_svg"]

Floats = NDArray[np.float64]

NAMES = {
    "train_loss": "training loss",
    "val_loss": "validation loss",
    "grad_norm": "gradient norm",
    "learning_rate": "learning rate",
}

DENSE = 400
"""Points from which on a curve is drawn with a thinner line."""

WIDE, HIGH = 10_000, 1_000
"""Units of a curve's own coordinates."""

FEW = 40
"""Points up to which each is drawn as a dot as well."""

MARK_WIDTH = 0.07
"""Share of the narrowest picture that a mark takes; nearer ones stand above each other."""

LANES = 4


def curves_svg(history: History, marks: Mapping[str, float]) -> str:
    """Training and validation loss, and below them gradient norm and learning rate where they tell something.

    Args:
        history: what to draw.
        marks: short label -> step at which it stands above the picture.

    Returns:
        HTML: a legend and an ``svg`` per picture; empty where there is no finite loss.

    """
    losses = [curve for name in ("train_loss", "val_loss") if (curve := history.curve(name)) is not None]
    if not any(len(curve.finite) for curve in losses):
        return ""
    steps = np.concatenate([curve.steps[np.isfinite(curve.steps)] for curve in losses])
    ends = float(steps.min()), float(steps.max())
    lost = lost_stretches(losses, *ends)
    below = [curve for name in ("grad_norm", "learning_rate") if (curve := _telling(history, name, ends)) is not None]
    parts = [
        _legend([curve for curve in losses if len(curve.finite)], losses, bool(lost)),
        _pane(losses, ends, lost, marks, history.step_unit, last=not below),
    ]
    for index, curve in enumerate(below, start=1):
        parts.append(f'<p class="pane-title">{escape(NAMES[curve.name].capitalize())}{_log_word([curve.finite])}</p>')
        parts.append(_pane([curve], ends, [], {}, history.step_unit, last=index == len(below)))
    return "\n".join(parts)


def curve_words(curve: Curve, unit: str) -> str:
    """A curve in one sentence, for those who do not see it."""
    finite = curve.finite
    name = NAMES.get(curve.name, plain(curve.name, 60))
    if not len(finite):
        return f"{name}: never finite"
    lowest = int(np.argmin(finite.values))
    words = (
        f"{name}: {number(float(finite.values[0]))} at {unit} {number(float(finite.steps[0]))}, "
        f"lowest {number(float(finite.values[lowest]))} at {unit} {number(float(finite.steps[lowest]))}, "
        f"highest {number(float(finite.values.max()))}, "
        f"{number(float(finite.values[-1]))} at {unit} {number(float(finite.steps[-1]))}"
    )
    lost = len(curve) - len(finite)
    return f"{words}; NaN or infinite in {lost:,} of {len(curve):,} rows" if lost else words


def bar_svg(share: float, kind: str = "") -> str:
    """A bar over ``share`` of its width, for the eye only; ``kind`` is a class of the stylesheet."""
    return (
        f'<svg class="bar {kind}" aria-hidden="true" focusable="false"><rect class="track" width="100%" height="100%"/>'
        f'<rect class="fill" width="{_percent(min(max(share, 0.0), 1.0))}" height="100%"/></svg>'
    )


def signed_bar_svg(value: float, largest: float) -> str:
    """A bar from the middle to the right for positive and to the left for negative values, for the eye only."""
    share = min(abs(value) / largest, 1.0) / 2.0 if largest > 0 else 0.0
    left, kind = (0.5, "for") if value >= 0 else (0.5 - share, "against")
    return (
        '<svg class="bar signed" aria-hidden="true" focusable="false">'
        f'<rect class="fill {kind}" x="{_percent(left)}" width="{_percent(share)}" height="100%"/>'
        '<line class="zero" x1="50%" x2="50%" y1="-70%" y2="170%"/></svg>'
    )


def _telling(history: History, name: str, ends: tuple[float, float]) -> Curve | None:
    """The curve if it has at least two different values in sight."""
    curve = history.curve(name)
    if curve is None:
        return None
    inside = (curve.steps >= ends[0]) & (curve.steps <= ends[1])
    curve = Curve(name, curve.steps[inside], curve.values[inside])
    return curve if len(curve.finite) > 1 and np.ptp(curve.finite.values / 2.0) > 0 else None


def _legend(drawn: Sequence[Curve], losses: Sequence[Curve], lost: bool) -> str:
    items = [
        f'<li><svg class="key" aria-hidden="true"><line class="curve {curve.name}" x1="0" x2="100%" y1="50%" y2="50%"/>'
        f"</svg>{escape(NAMES[curve.name].capitalize())}</li>"
        for curve in drawn
    ]
    if lost:
        items.append(
            '<li><svg class="key" aria-hidden="true"><rect class="lost" width="100%" height="100%"/></svg>'
            "NaN or infinite</li>"
        )
    if is_logarithmic([curve.finite for curve in losses if len(curve.finite)]):
        items.append("<li>logarithmic scale</li>")
    return f'<ul class="legend" role="list">{"".join(items)}</ul>'


def _log_word(curves: Sequence[Curve]) -> str:
    return ", logarithmic scale" if is_logarithmic(curves) else ""


def _pane(
    curves: Sequence[Curve],
    ends: tuple[float, float],
    lost: Sequence[tuple[float, float]],
    marks: Mapping[str, float],
    unit: str,
    *,
    last: bool,
) -> str:
    finite = [curve.finite for curve in curves if len(curve.finite)]
    scale = scale_of(
        min(float(curve.values.min()) for curve in finite),
        max(float(curve.values.max()) for curve in finite),
        logarithmic=is_logarithmic(finite),
    )
    size = "losses" if curves[0].name in {"train_loss", "val_loss"} else "small"
    words = "; ".join(curve_words(curve, unit) for curve in curves)
    places = [(label, _share(step, ends)) for label, step in marks.items() if ends[0] <= step <= ends[1]]
    lanes = _lanes([share for _, share in places])
    kinds = [size, *(["with-steps"] if last else []), *([f"lanes-{1 + max(lanes)}"] if lanes else [])]
    drawn = [
        *(_stretch(begin, end) for begin, end in lost),
        *_grid(scale, ends, unit, most=6 if size == "losses" else 3, last=last),
        *(
            f'<line class="pointer" x1="{_percent(share)}" x2="{_percent(share)}" y1="0" y2="100%"/>'
            for _, share in places
        ),
        *(_curve(curve, ends, scale) for curve in curves if len(curve.finite)),
        *(_mark(label, share, lane) for (label, share), lane in zip(places, lanes, strict=True)),
    ]
    label = escape(words[0].upper() + words[1:] + ".")
    return f'<svg class="pane {" ".join(kinds)}" role="img" aria-label="{label}">\n' + "\n".join(drawn) + "\n</svg>"


def _stretch(begin: float, end: float) -> str:
    return (
        f'<rect class="lost" x="{_percent(begin)}" width="{_percent(end - begin)}" height="100%"/>'
        f'<line class="lost-edge" x1="{_percent(begin)}" x2="{_percent(begin)}" y1="0" y2="100%"/>'
    )


def _grid(scale: Scale, ends: tuple[float, float], unit: str, *, most: int, last: bool) -> Iterator[str]:
    ticks = scale.ticks(most)
    heights = scale.up(np.array(ticks, dtype=np.float64))
    for value, up in zip(ticks, heights.tolist(), strict=True):
        y = _percent(1.0 - up)
        yield f'<line class="grid" x1="0" x2="100%" y1="{y}" y2="{y}"/>'
        yield f'<text class="value" x="0" y="{y}" dx="-8" dy="4">{escape(compact(value))}</text>'
    yield '<line class="axis" x1="0" x2="100%" y1="100%" y2="100%"/>'
    if not last:
        return
    for value in round_values(*ends):
        share = _share(value, ends)
        x, anchor = _percent(share), "start" if share < 0.04 else "end" if share > 0.96 else "middle"
        yield f'<line class="axis" x1="{x}" x2="{x}" y1="100%" y2="100%" transform="translate(0 4)"/>'
        yield f'<text class="step {anchor}" x="{x}" y="100%" dy="18">{escape(compact(value))}</text>'
    yield f'<text class="step unit end" x="100%" y="100%" dy="36">{escape(plain(unit, 20))}</text>'


def _curve(curve: Curve, ends: tuple[float, float], scale: Scale) -> str:
    parts = reduced(curve, *ends)
    points = sum(steps.size for steps, _ in parts)
    path = "".join(_path(_shares(steps, ends), scale.up(values)) for steps, values in parts)
    line = (
        f'<svg class="stretched" viewBox="0 0 {WIDE} {HIGH}" preserveAspectRatio="none" width="100%" height="100%">'
        f'<path class="curve {curve.name}{" dense" if points > DENSE else ""}" d="{path}"/></svg>'
    )
    if points > FEW:
        return line
    return line + "".join(
        f'<circle class="dot {curve.name}" cx="{_percent(share)}" cy="{_percent(1.0 - up)}" r="2.5"/>'
        for steps, values in parts
        for share, up in zip(_shares(steps, ends).tolist(), scale.up(values).tolist(), strict=True)
    )


def _path(across: Floats, up: Floats) -> str:
    x = np.rint(across * WIDE).astype(np.int64).tolist()
    y = np.rint((1.0 - up) * HIGH).astype(np.int64).tolist()
    points = [f"{a} {b}" for a, b in zip(x, y, strict=True)]
    return f"M{points[0]}h0" if len(points) == 1 else "M" + " ".join(points)


def _mark(label: str, share: float, lane: int) -> str:
    place = f'transform="translate(0 {-14 - 22 * lane})"'
    x = _percent(share)
    return (
        f'<g class="mark" {place}><circle cx="{x}" cy="0" r="9"/>'
        f'<text x="{x}" y="0" dy="4">{escape(plain(label, 3))}</text></g>'
    )


def _lanes(shares: Sequence[float]) -> list[int]:
    """The lowest row for each mark in which it does not touch one before it; the topmost takes what is left."""
    rows: list[list[float]] = [[] for _ in range(LANES)]
    chosen = []
    for share in shares:
        lane = next(
            (index for index, row in enumerate(rows[:-1]) if all(abs(share - other) >= MARK_WIDTH for other in row)),
            LANES - 1,
        )
        rows[lane].append(share)
        chosen.append(lane)
    return chosen


def _share(step: float, ends: tuple[float, float]) -> float:
    return float(_shares(np.array([step]), ends)[0])


def _shares(steps: Floats, ends: tuple[float, float]) -> Floats:
    return (steps - ends[0]) / ((ends[1] - ends[0]) or 1.0)


def _percent(share: float) -> str:
    return f"{100.0 * share:.3f}".rstrip("0").rstrip(".") + "%"
