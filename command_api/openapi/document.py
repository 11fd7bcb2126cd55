"""The document: every path with its operations, and the schemas that they refer to."""

from typing import Any

from command_api.openapi import feeds, operations, schemas, streams
from command_api.openapi.models import Models, described
from shared.kernel.domain import About, Domain
from shared.kernel.messages.message import route_name


def document(domain: Domain) -> dict[str, Any]:
    """Describe the HTTP API of a domain (OpenAPI Specification 3.1.0)."""
    models = described(domain)
    paths = _paths(domain, models)
    return {
        "openapi": "3.1.0",
        "info": _info(domain.about),
        # Wherever it was read from.
        "servers": [{"url": "/"}],
        "tags": _tags(domain),
        "paths": paths,
        "components": {
            "schemas": schemas.used(paths, schemas.schemas(domain, models)),
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "x-functions-key"},
                "actor": {"type": "http", "scheme": "bearer"},
            },
        },
        "security": [{"key": []}, {"key": [], "actor": []}, {}],
    }


def _info(about: About) -> dict[str, Any]:
    return {
        "title": about.title,
        "version": about.version,
        "description": about.description,
        "contact": {"name": about.contact},
        "license": {"name": about.licence, "identifier": about.licence},
    }


def _tags(domain: Domain) -> list[dict[str, str]]:
    named = {
        **{one.name: f"Commands on {one.name} streams." for one in domain.categories},
        "streams": "What happened, and what followed from it.",
        **{f"view {one.name}": f"The read model '{one.name}'." for one in domain.views},
        **({"feeds": "Public events that others pull."} if domain.feeds else {}),
        "health": "Whether it can be used.",
    }
    return [{"name": name, "description": description} for name, description in named.items()]


def _paths(domain: Domain, models: Models) -> dict[str, Any]:
    commands = {
        f"/api/{category.name}/{{id}}/{route_name(command)}": {
            "post": operations.command(category, command, domain.views, models)
        }
        for category in domain.categories
        for command in category.commands
    }
    views: dict[str, Any] = {}
    for view in domain.views:
        views[f"/api/views/{view.name}"] = {"get": operations.view_list(view)}
        views[f"/api/views/{view.name}/{{key}}"] = {"get": operations.view_key(view)}
    return {
        **commands,
        "/api/streams/{stream}": {"get": streams.stream(domain.categories)},
        "/api/streams/{stream}/outcome": {
            "get": streams.outcome(domain.categories),
            "delete": streams.cancellation(domain.categories),
        },
        "/api/streams/{stream}/causes": {"get": streams.causes(domain.categories)},
        **views,
        **feeds.paths(domain.feeds),
        "/api/health": {"get": operations.health()},
    }
