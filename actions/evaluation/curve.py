"""Calibration curves as one SVG picture, drawn by hand: a plotting library would be the largest package here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

from actions.evaluation.calibration import Curve, Point

WIDTH, HEIGHT, LEFT, TOP, GAP = 720, 260, 60, 40, 70
INNER_WIDTH = WIDTH - LEFT - 170
SERIES: tuple[tuple[str, str, Callable[[Point], float]], ...] = (
    ("正确 correct", "#1b6e3c", lambda p: p.correct),
    ("覆盖 coverage", "#1f5fa8", lambda p: p.coverage),
    ("风险 risk", "#b3261e", lambda p: p.risk),
    ("该拒的拒了 refused", "#8a6d00", lambda p: p.unanswerable_refused),
)


def svg(curves: Sequence[Curve]) -> str:
    """One chart a threshold, one above the other.

    :raises ValueError: without any curve, or with one of a single point.
    """
    if not curves or any(len(curve.points) < 2 for curve in curves):
        raise ValueError("a picture needs at least one curve of two points")
    height = len(curves) * (HEIGHT + GAP) + TOP
    charts = "".join(_chart(curve, TOP + i * (HEIGHT + GAP)) for i, curve in enumerate(curves))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="#fff"/>{charts}</svg>\n'
    )


def _chart(curve: Curve, top: float) -> str:
    values = [p.value for p in curve.points]
    low, span = values[0], values[-1] - values[0]

    def x(value: float) -> float:
        return LEFT + INNER_WIDTH * (value - low) / span

    def y(share: float) -> float:
        return top + HEIGHT * (1 - share)

    parts = [_grid(curve, top, x, y)]
    for i, (name, colour, of) in enumerate(SERIES):
        path = " ".join(f"{x(p.value):.1f},{y(of(p)):.1f}" for p in curve.points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(_text(LEFT + INNER_WIDTH + 12, top + 16 + 18 * i, name, colour))
    for value, name, dash, at in (
        (curve.in_force, "现在", "4 3", 100),
        (curve.best().value, "建议", "", 118),
    ):
        parts.append(
            f'<line x1="{x(value):.1f}" x2="{x(value):.1f}" y1="{y(1):.1f}" y2="{y(0):.1f}" '
            f'stroke="#444" stroke-dasharray="{dash}"/>'
        )
        parts.append(
            _text(LEFT + INNER_WIDTH + 12, top + at, f"{name} {value:g}{'（虚线）' if dash else ''}", "#444")
        )
    return "".join(parts)


def _grid(curve: Curve, top: float, x: Callable[[float], float], y: Callable[[float], float]) -> str:
    parts = [_text(LEFT, top - 10, curve.name, "#000", weight="bold")]
    for share in (0, 0.25, 0.5, 0.75, 1):
        parts.append(
            f'<line x1="{LEFT}" x2="{LEFT + INNER_WIDTH}" y1="{y(share):.1f}" y2="{y(share):.1f}" stroke="#ddd"/>'
        )
        parts.append(_text(LEFT - 34, y(share) + 4, f"{share:g}", "#555"))
    for point in curve.points[:: max(1, len(curve.points) // 8)]:
        parts.append(_text(x(point.value) - 10, y(0) + 18, f"{point.value:g}", "#555"))
    return "".join(parts)


def _text(x: float, y: float, text: str, colour: str, weight: str = "normal") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}" font-weight="{weight}">{escape(text)}</text>'
