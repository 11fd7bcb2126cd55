"""`make bench`: measures everything side by side in one run, and writes docs/performance.md."""

from tests.bench.page import PAGE, page
from tests.bench.plot import plot
from tests.bench.results import run
from tests.bench.rounds import WHOLE


def main() -> None:
    results = run(WHOLE)
    results.write()
    PAGE.write_text(page(results), encoding="utf-8")
    PAGE.with_suffix(".svg").write_text(plot(results), encoding="utf-8")
    print(f"{PAGE} is written")


if __name__ == "__main__":
    main()
