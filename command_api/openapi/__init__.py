"""OpenAPI 3.1, made from the models of the domain: GET /api/openapi.json."""

from command_api.openapi.document import document

__all__ = ["document"]
