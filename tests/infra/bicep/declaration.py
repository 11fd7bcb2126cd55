"""What a file of Bicep declares."""

from dataclasses import dataclass, field
from typing import Any

from tests.infra.bicep.types import Type

type Node = tuple[Any, ...]
"""An expression, as its kind and its parts."""


@dataclass(slots=True)
class Declaration:
    """One `param`, `var`, `type`, `resource`, `module` or `output`, and the policies that it need not keep.

    `detail` is the type of a resource or the path of a module, `type` that of a parameter, output or type.
    """

    kind: str
    name: str
    detail: str
    value: Node | None
    type: Type | None = None
    existing: bool = False
    decorators: dict[str, list[Node]] = field(default_factory=dict)
    imported: tuple[str, ...] = ()
    skipped: dict[str, str] = field(default_factory=dict)
