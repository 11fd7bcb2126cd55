"""Which command a status URL is about."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import azure.functions as func

from command_api.parsing import checked_token, stream_name
from shared.adapters.http.problems import Fault, malformed
from shared.adapters.http.queries import parameters
from shared.kernel.domain import Domain
from shared.kernel.messages.stream import StreamName


@dataclass(frozen=True, slots=True)
class Asked:
    """The stream and the id of a command, and what tells it from another under the id, if that is known."""

    stream: StreamName
    command_id: str
    digest: str | None

    @property
    def told(self) -> dict[str, Any]:
        """What every answer begins with."""
        return {"stream": str(self.stream), "commandId": self.command_id}

    def is_about(self, digest: str) -> bool:
        """Tell whether it is the command with a digest that is asked about; older code kept none."""
        return self.digest is None or digest in {self.digest, ""}


def asked_for(req: func.HttpRequest, domain: Domain) -> Asked:
    """Read which command is meant; raises Problem."""
    stream = stream_name(req.route_params["stream"], domain)
    params = parameters(req)
    command_id, digest = params.get("command-id"), params.get("digest")
    if command_id is None:
        raise malformed(
            "The query parameter command-id is required.", [Fault("command-id", "It is missing.")]
        )
    checked_token("command-id", command_id)
    if digest is not None:
        checked_token("digest", digest)
    return Asked(stream, command_id, digest)


def status_url(stream: str, command_id: str, digest: str) -> str:
    """Tell where to ask what became of a command."""
    asked = f"command-id={quote(command_id, safe='')}&digest={digest}"
    return f"/api/streams/{stream}/outcome?{asked}"
