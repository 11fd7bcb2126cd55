"""The load plan as a picture (SVG): the share of each limit, and how far a row is behind, by the rate."""

from collections.abc import Callable, Iterator, Sequence
from math import log10
from typing import Final

from infra.plan.limits import Size, limits, raised
from infra.plan.simulation import simulate

WIDTH, HEIGHT, LEFT, TOP, GAP = 400, 260, 62, 44, 70
RATES: Final = [10 ** (step / 8) for step in range(41)]
COLOURS: Final = ("#c0392b", "#2471a3", "#239b56", "#b9770e", "#7d3c98", "#117a65", "#626567")
SHARES, SECONDS = (0.01, 10.0), (0.1, 10_000.0)
type Points = Sequence[tuple[float, float]]


def plot() -> str:
    """Draws the shares as deployed, the shares raised, and both lags."""
    deployed, most = _shares(lambda _: Size()), _shares(raised)
    lags: dict[str, Points] = {
        "as deployed": [(rate, simulate(rate, Size()).row) for rate in RATES],
        "raised": [(rate, simulate(rate, raised(rate)).row) for rate in RATES],
    }
    panels: tuple[tuple[str, str, tuple[float, float], dict[str, Points]], ...] = (
        ("as deployed: share of each limit", "share", SHARES, deployed),
        ("raised: share of each limit", "share", SHARES, most),
        ("seconds from a command to its row", "seconds", SECONDS, lags),
    )
    total = (WIDTH + GAP) * len(panels) + LEFT
    body = [line for number, panel in enumerate(panels) for line in _panel(number, *panel)]
    tall = TOP + HEIGHT + 190
    place = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {tall}"'
    head = f'<svg {place} font-family="sans-serif" font-size="12">'
    return "\n".join(
        [head, f'<rect width="{total}" height="{tall}" fill="white"/>', *body, "</svg>\n"]
    )


def _shares(size_of: Callable[[float], Size]) -> dict[str, Points]:
    """Give the seven limits that come nearest anywhere, the first at the top."""
    found: dict[str, list[tuple[float, float]]] = {}
    for rate in RATES:
        for limit in limits(rate, size_of(rate)):
            found.setdefault(limit.name, []).append((rate, limit.share))
    nearest = sorted(found, key=lambda name: -found[name][-1][1])
    return {name: found[name] for name in nearest[: len(COLOURS)]}


def _panel(
    number: int, title: str, unit: str, span: tuple[float, float], lines: dict[str, Points]
) -> Iterator[str]:
    left = LEFT + number * (WIDTH + GAP)
    yield f'<text x="{left}" y="{TOP - 20}" font-size="15">{title}</text>'
    yield f'<rect x="{left}" y="{TOP}" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#bbb"/>'
    yield from _axes(left, unit, span)
    for (name, points), colour in zip(lines.items(), COLOURS, strict=False):
        inside = [(rate, min(value, span[1])) for rate, value in points if value >= span[0]]
        drawn = " ".join(f"{_x(left, rate):.1f},{_y(value, span):.1f}" for rate, value in inside)
        yield f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>'
        at = TOP + HEIGHT + 56 + 17 * list(lines).index(name)
        yield f'<rect x="{left}" y="{at - 9}" width="14" height="9" fill="{colour}"/>'
        yield f'<text x="{left + 20}" y="{at}">{name}</text>'


def _axes(left: int, unit: str, span: tuple[float, float]) -> Iterator[str]:
    for power in range(6):
        x = _x(left, 10**power)
        yield f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{TOP + HEIGHT}" stroke="#eee"/>'
        yield f'<text x="{x:.1f}" y="{TOP + HEIGHT + 16}" text-anchor="middle">{10**power:,}</text>'
    yield f'<text x="{left + WIDTH / 2}" y="{TOP + HEIGHT + 34}" text-anchor="middle">commands a second</text>'
    for power in range(round(log10(span[0])), round(log10(span[1])) + 1):
        value, y = 10.0**power, _y(10.0**power, span)
        said = f"{value:,.0%}" if unit == "share" else f"{value:,g}"
        full = unit == "share" and power == 0
        colour = "#c0392b" if full else "#eee"
        yield f'<line x1="{left}" y1="{y:.1f}" x2="{left + WIDTH}" y2="{y:.1f}" stroke="{colour}"/>'
        yield f'<text x="{left - 6}" y="{y + 4:.1f}" text-anchor="end">{said}</text>'


def _x(left: int, rate: float) -> float:
    return left + WIDTH * log10(rate) / 5


def _y(value: float, span: tuple[float, float]) -> float:
    low, high = log10(span[0]), log10(span[1])
    return TOP + HEIGHT * (high - log10(value)) / (high - low)
