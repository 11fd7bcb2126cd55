"""A workflow signs in, or is told what is missing. GitHub and Azure are stood in for on loopback."""

import base64
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
import yaml

from infra.github import check, federate
from infra.local.stack import ROOT

SUBJECT = "repo:some/onewrite:environment:prod"
TOKEN = ".".join(
    base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")
    for part in ({"alg": "RS256"}, {"sub": SUBJECT}, {})
)


class Cloud(BaseHTTPRequestHandler):
    refusal = ""
    told: dict[str, list[str]] = {}  # noqa: RUF012 - one test at a time

    def do_GET(self) -> None:
        self.answer(200, {"value": TOKEN})

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        Cloud.told = parse_qs(self.rfile.read(length).decode())
        self.answer(401 if Cloud.refusal else 200, {"error_description": Cloud.refusal})

    def answer(self, status: int, body: dict[str, Any]) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it
        pass


@pytest.fixture
def address() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Cloud) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def environment(address: str) -> dict[str, str]:
    return {
        **dict.fromkeys(check.NEEDED, "some"),
        "ACTIONS_ID_TOKEN_REQUEST_URL": f"{address}/token?a=b",
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "some",
    }


def test_a_job_that_may_sign_in_has_no_problem(address: str) -> None:
    Cloud.refusal = ""

    assert list(check.problems(environment(address), address)) == []
    assert Cloud.told["client_assertion"] == [TOKEN]


def test_a_subject_that_nobody_lets_in_is_told_the_command(address: str) -> None:
    Cloud.refusal = (
        "AADSTS700213: No matching federated identity record found for presented assertion"
    )

    (said,) = check.problems(environment(address), address)

    assert said.endswith("python -m infra.github.federate some/onewrite prod some")


def test_another_refusal_is_shown(address: str) -> None:
    Cloud.refusal = "AADSTS90002: Tenant not found"

    (said,) = check.problems(environment(address), address)

    assert "AADSTS90002" in said


def test_what_is_not_set_is_named_before_anybody_is_asked() -> None:
    said = list(check.problems({"AZURE_CLIENT_ID": "some"}))

    assert [one.split()[2] for one in said[:-1]] == list(check.NEEDED[1:])
    assert "id-token: write" in said[-1]


def asked(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, identities: Any, credentials: Any
) -> str:
    """Runs the script with a stand-in of `az`, and returns what that was told."""
    script = tmp_path / "az"
    script.write_text(
        f"#!/bin/sh\necho \"$@\" >> '{tmp_path}/told'\n"
        f"case \"$*\" in\n'identity list'*) echo '{json.dumps(identities)}' ;;\n"
        f"*'credential list'*) echo '{json.dumps(credentials)}' ;;\nesac\n",
        encoding="utf-8",
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert federate.main("some/onewrite", "prod", "client") == 0
    return (tmp_path / "told").read_text(encoding="utf-8")


def test_an_app_registration_is_given_the_credential(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    told = asked(monkeypatch, tmp_path, [], [{"subject": "repo:some/onewrite:ref:refs/heads/main"}])

    assert "ad app federated-credential create --id client" in told
    assert f'"subject": "{SUBJECT}"' in told


def test_a_managed_identity_is_given_the_credential(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    identity = {"clientId": "client", "name": "id-some", "resourceGroup": "rg-some"}
    told = asked(monkeypatch, tmp_path, [identity], [])

    assert "identity federated-credential create" in told
    assert f"--identity-name id-some --resource-group rg-some --issuer {federate.ISSUER}" in told
    assert f"--subject {SUBJECT} --audiences {federate.AUDIENCE}" in told


def test_a_credential_that_is_there_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert " create " not in asked(monkeypatch, tmp_path, [], [{"subject": SUBJECT}])


def jobs() -> dict[str, Any]:
    text = (ROOT / ".github" / "workflows" / "deploy.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)["jobs"]
    return found


def test_the_workflow_checks_before_it_signs_in() -> None:
    steps = [
        step.get("run", step.get("uses", "")) for job in jobs().values() for step in job["steps"]
    ]

    (checked,) = (at for at, step in enumerate(steps) if "infra.github.check" in step)
    assert all(checked < at for at, step in enumerate(steps) if "login" in step)


def test_what_is_deployed_is_installed_by_its_hashes_before_anything_is_deployed() -> None:
    (installs,) = (step for step in jobs()["test"]["steps"] if "pip " in step.get("run", ""))

    assert "--require-hashes" in installs["run"].split()
    assert installs["run"].endswith("-r requirements.txt")
    assert jobs()["deploy"]["needs"] == "test"
