"""Charts as SVG drawn by the server: no script, no style of their own; the classes are in ``figures.css``.

bars([("一", 3), ("二", 5)], "每天的对话")     # Markup; its table is the page's own
"""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

WIDTH, HEIGHT, FOOT, HEAD = 640, 220, 26, 18
LINE = 26


def bars(values: Sequence[tuple[str, Sequence[float]]], title: str, series: Sequence[str]) -> Markup:
    """Upright bars, one group a label; ``series`` names what each bar of a group is."""
    most = max((value for _, group in values for value in group), default=0) or 1
    step = WIDTH / max(1, len(values))
    thick = step * 0.8 / max(1, len(series))
    parts: list[Markup] = []
    for i, (label, group) in enumerate(values):
        middle = step * (i + 0.5)
        for j, value in enumerate(group):
            tall = (HEIGHT - FOOT - HEAD) * value / most
            x, y = step * i + step * 0.1 + thick * j, HEIGHT - FOOT - tall
            parts.append(_bar(x, y, thick * 0.92, tall, j))
            if value:
                parts.append(_text(x + thick * 0.46, y - 4, f"{value:g}", "middle"))
        if len(values) <= 14 or i % (len(values) // 10 + 1) == 0:
            parts.append(_text(middle, HEIGHT - 8, label, "middle"))
    return _svg(HEIGHT, title, parts)


def lines(values: Sequence[tuple[str, float, str]], title: str) -> Markup:
    """Lying bars, one a line: label, value, and the value as it is written."""
    most = max((value for _, value, _ in values), default=0) or 1
    parts: list[Markup] = []
    for i, (label, value, written) in enumerate(values):
        y, long = i * LINE + 4, (WIDTH - 300) * value / most
        parts.append(_text(190, y + 14, label[:14], "end"))
        parts.append(_bar(200, y, max(long, 1), LINE - 8, 0))
        parts.append(_text(206 + long, y + 14, written, "start"))
    return _svg(max(1, len(values)) * LINE + 8, title, parts)


def _bar(x: float, y: float, wide: float, tall: float, series: int) -> Markup:
    return Markup('<rect class="s{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="2"/>').format(
        series, x, y, wide, tall
    )


def _text(x: float, y: float, words: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(x, y, anchor, words)


def _svg(height: int, title: str, parts: Sequence[Markup]) -> Markup:
    # On a phone it scrolls, for letters that can be read; whoever has no mouse scrolls what has the focus.
    outer = Markup('<div class="scroll" tabindex="0" role="group" aria-label="{}">').format(escape(title))
    head = outer + Markup('<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        WIDTH, height, escape(title)
    )
    return head + Markup("").join(parts) + Markup("</svg></div>")
