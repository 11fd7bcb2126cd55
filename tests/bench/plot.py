"""The rates of all contestants as a picture (SVG): a panel for each scenario, on one scale."""

from collections.abc import Iterator
from math import ceil, floor, log10

from tests.bench.results import Results
from tests.bench.rounds import SCENARIOS, spread

WIDTH, BAR, GAP, LEFT, TOP, RIGHT = 520, 18, 26, 120, 34, 90
COLOURS = ("#c0392b", "#2471a3", "#239b56", "#b9770e", "#7d3c98")


def plot(results: Results) -> str:
    """Draw a bar to the median, and a line from the first to the third quartile."""
    kernel = results.kernel
    rates = [
        1e6 / turn for one in kernel.turns.values() for s in one.values() for turn in spread(s)
    ]
    low, high = floor(log10(min(rates))), ceil(log10(max(rates)))
    names = list(kernel.turns)
    tall = TOP + len(names) * BAR + GAP
    total = (LEFT + WIDTH + RIGHT, tall * len(SCENARIOS))
    place = f'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total[0]} {total[1]}"'
    lines = [
        f'<svg {place} font-family="sans-serif" font-size="12">',
        f'<rect width="{total[0]}" height="{total[1]}" fill="white"/>',
    ]

    def x(rate: float) -> float:
        return LEFT + WIDTH * (log10(rate) - low) / (high - low)

    def panel(number: int, scenario: str) -> Iterator[str]:
        top = number * tall + TOP
        yield f'<text x="{LEFT}" y="{top - 10}" font-size="14">{scenario}: commands a second</text>'
        for power in range(low, high + 1):
            at, bottom = x(10**power), top + len(names) * BAR
            yield f'<line x1="{at:.1f}" y1="{top}" x2="{at:.1f}" y2="{bottom}" stroke="#ddd"/>'
            yield f'<text x="{at:.1f}" y="{bottom + 14}" text-anchor="middle">{10**power:,}</text>'
        for place, name in enumerate(names):
            least, middle, most = (
                1e6 / turn for turn in reversed(spread(kernel.turns[name][scenario]))
            )
            y, colour = top + place * BAR, COLOURS[place % len(COLOURS)]
            yield f'<text x="{LEFT - 6}" y="{y + 13}" text-anchor="end">{name}</text>'
            bar = f'x="{LEFT}" y="{y + 3}" width="{x(middle) - LEFT:.1f}" height="{BAR - 6}"'
            yield f'<rect {bar} fill="{colour}" opacity="0.8"/>'
            across = f'x1="{x(least):.1f}" x2="{x(most):.1f}" y1="{y + 9}" y2="{y + 9}"'
            yield f'<line {across} stroke="#222" stroke-width="2"/>'
            yield f'<text x="{x(most) + 5:.1f}" y="{y + 13}">{middle:,.0f}</text>'

    for number, scenario in enumerate(SCENARIOS):
        lines += panel(number, scenario.name)
    return "\n".join([*lines, "</svg>\n"])
