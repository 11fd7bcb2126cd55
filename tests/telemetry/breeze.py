"""The ingestion of Azure Monitor on loopback: it keeps the envelopes that exporters send."""

import gzip
import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.infra.kusto import Rows

type Envelope = dict[str, Any]

QUIET = {
    # What the exporter tells its makers of itself, and asks them, would leave this machine.
    "APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL": "true",
    "APPLICATIONINSIGHTS_CONTROLPLANE_DISABLED": "true",
    "APPLICATIONINSIGHTS_SDKSTATS_DISABLED": "true",
    # As deployed.
    "APPLICATIONINSIGHTS_OPENTELEMETRY_RESOURCE_METRIC_DISABLED": "true",
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

    def taken(self) -> list[Envelope]:
        """Give what was sent since the last time."""
        self.envelopes, taken = [], self.envelopes
        return taken

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


def rows(envelopes: Iterable[Envelope]) -> Rows:
    """Give the rows that a workspace makes of envelopes, as the reference of its tables describes them."""
    found: dict[str, list[dict[str, Any]]] = {"AppMetrics": [], "AppRequests": [], "exceptions": []}
    for one in envelopes:
        data, tags = one["data"]["baseData"], one["tags"]
        common = {
            "TimeGenerated": one["time"],
            "Properties": data.get("properties", {}),
            "OperationId": tags.get("ai.operation.id"),
            "AppRoleName": tags["ai.cloud.role"],
        }
        match one["data"]["baseType"]:
            case "MetricData":
                found["AppMetrics"] += [common | _metric(point) for point in data["metrics"]]
            case "RequestData":
                found["AppRequests"].append(common | _request(data))
            case "ExceptionData":
                found["exceptions"] += [
                    {
                        "timestamp": one["time"],
                        "type": error["typeName"],
                        "outerMessage": error["message"],
                        "customDimensions": common["Properties"],
                    }
                    for error in data["exceptions"]
                ]
    return found


def _metric(point: Mapping[str, Any]) -> dict[str, Any]:
    # A counter has neither the least nor the most: no query may rely on them.
    return {
        "Name": point["name"],
        "Sum": point["value"],
        "ItemCount": point["count"],
        "Min": point.get("min"),
        "Max": point.get("max"),
    }


def _request(data: Mapping[str, Any]) -> dict[str, Any]:
    days, clock = data["duration"].split(".", 1)
    hours, minutes, seconds = clock.split(":")
    whole = ((int(days) * 24 + int(hours)) * 60 + int(minutes)) * 60 + float(seconds)
    return {
        "Name": data["name"],
        "DurationMs": whole * 1000,
        "Success": data["success"],
        "ItemCount": 1,
    }
