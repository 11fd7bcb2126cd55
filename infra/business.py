"""Which business runs: the one line of `shared/domain/__init__.py`, read without importing what it names."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ACTIVE: Final = re.compile(r"^from shared\.domain\.(\w+) import domain$", re.MULTILINE)
SHOP: Final = "shop"
"""The reference, on which the machinery is tested."""


@dataclass(frozen=True)
class Project:
    """A checkout of Onewrite."""

    root: Path

    @property
    def line(self) -> Path:
        """The file with the one line."""
        return self.root / "shared" / "domain" / "__init__.py"

    def active(self) -> str:
        """Name the business that runs."""
        return str(ACTIVE.findall(self.line.read_text(encoding="utf-8"))[0])

    def activate(self, name: str) -> None:
        """Let another business run."""
        line = self.line.read_text(encoding="utf-8")
        self.line.write_text(
            ACTIVE.sub(f"from shared.domain.{name} import domain", line), encoding="utf-8"
        )

    def code(self, domain: str) -> Path:
        """The folder of a business."""
        return self.root / "shared" / "domain" / domain

    def specs(self, domain: str) -> Path:
        """The folder of its specs."""
        return self.root / "tests" / "specs" / domain
