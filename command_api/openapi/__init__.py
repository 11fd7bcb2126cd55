"""OpenAPI 3.1, made from the models of the domain: GET /api/openapi.json, and a page for people."""

from command_api.openapi.document import document
from command_api.openapi.page import page

__all__ = ["document", "page"]
