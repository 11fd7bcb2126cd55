"""The document: every path with its operations, and the schemas that they refer to."""

from typing import Any

from command_api.openapi import operations, schemas, streams
from shared.kernel.domain import Domain
from shared.kernel.messages.message import route_name

VERSION = "1"


def document(domain: Domain) -> dict[str, Any]:
    """Describe the HTTP API of a domain (OpenAPI Specification 3.1.0)."""
    commands = {
        f"/api/{category.name}/{{id}}/{route_name(command)}": {
            "post": operations.command(category, command)
        }
        for category in domain.categories
        for command in category.commands
    }
    views: dict[str, Any] = {}
    for view in domain.views:
        views[f"/api/views/{view.name}"] = {"get": operations.view_list(view)}
        views[f"/api/views/{view.name}/{{key}}"] = {"get": operations.view_key(view)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Onewrite",
            "version": VERSION,
            "description": "Commands, streams and views. Problems are listed in docs/problems.md.",
        },
        "paths": {
            **commands,
            "/api/streams/{stream}": {"get": streams.stream(domain.categories)},
            "/api/streams/{stream}/outcome": {"get": streams.outcome(domain.categories)},
            "/api/streams/{stream}/causes": {"get": streams.causes(domain.categories)},
            **views,
            "/api/health": {"get": operations.health()},
        },
        "components": {
            "schemas": schemas.schemas(domain),
            "securitySchemes": {
                "key": {"type": "apiKey", "in": "header", "name": "x-functions-key"},
                "actor": {"type": "http", "scheme": "bearer"},
            },
        },
        "security": [{"key": []}, {"key": [], "actor": []}, {}],
    }
