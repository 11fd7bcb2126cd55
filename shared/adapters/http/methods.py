"""What is answered where no function takes the request: the host knows paths and methods only together."""

from collections.abc import Iterable

import azure.functions as func

from shared.adapters.http.problems import Problem, not_found


class Routes:
    """The templates of all functions of the app, and the methods that each serves."""

    def __init__(self) -> None:
        self._methods: dict[tuple[str, ...], set[str]] = {}

    def add(self, template: str, methods: Iterable[str]) -> None:
        """Note what a function serves."""
        self._methods.setdefault(tuple(template.lower().split("/")), set()).update(methods)

    def allowed(self, path: str) -> list[str]:
        """List the methods of a path; of the templates that fit, the one with its literals first counts."""
        given = tuple(path.lower().strip("/").split("/"))
        fitting = [template for template in self._methods if _fits(template, given)]
        if not fitting:
            return []
        closest = min(fitting, key=lambda template: [part.startswith("{") for part in template])
        return sorted(self._methods[closest] | {"OPTIONS"})

    def answer(self, req: func.HttpRequest) -> func.HttpResponse:
        """Answer OPTIONS (RFC 9110, section 9.3.7), or raise Problem: 405 (section 15.5.6), or 404."""
        path = req.route_params.get("path") or ""
        allowed = self.allowed(path)
        # A method that is served comes here where its function is switched off: another app has it.
        if not allowed or (req.method in allowed and req.method != "OPTIONS"):
            raise not_found("There is no such path.")
        allow = {"Allow": ", ".join(allowed)}
        if req.method == "OPTIONS":
            return func.HttpResponse(status_code=204, headers=allow)
        detail = f"{req.method[:20]} is none of {allow['Allow']}."
        title = "The method is not allowed"
        raise Problem(405, "method-not-allowed", title, detail, headers=allow)


def _fits(template: tuple[str, ...], given: tuple[str, ...]) -> bool:
    return len(template) == len(given) and all(
        bool(part) if wanted.startswith("{") else wanted == part
        for wanted, part in zip(template, given, strict=True)
    )
