"""The ingestion of Azure Monitor on loopback: it keeps the envelopes that exporters send."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

type Envelope = dict[str, Any]

QUIET = {
    # What the exporter tells its makers of itself, and asks them, would leave this machine.
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED": "true",
}


@dataclass
class Breeze:
    """What was sent so far, and the settings of an application that sends it here."""

    port: int = 0
    envelopes: list[Envelope] = field(default_factory=list)

    @property
    def settings(self) -> dict[str, str]:
        key = "InstrumentationKey=00000000-0000-0000-0000-000000000001"
        endpoint = f"IngestionEndpoint=http://127.0.0.1:{self.port}/"
        return {"APPLICATIONINSIGHTS_CONNECTION_STRING": f"{key};{endpoint}", **QUIET}

    def of(self, kind: str) -> list[Envelope]:
        """Give what was sent of a kind: `MetricData`, `MessageData`, `ExceptionData`, …"""
        return [one for one in self.envelopes if one["data"]["baseType"] == kind]


@contextmanager
def ingesting() -> Iterator[Breeze]:
    """Take envelopes, until the end."""
    breeze = Breeze()

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            taken = json.loads(body)
            breeze.envelopes += taken
            told = {"itemsReceived": len(taken), "itemsAccepted": len(taken), "errors": []}
            answer = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
    breeze.port = server.server_port
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield breeze
    finally:
        server.shutdown()
        server.server_close()
