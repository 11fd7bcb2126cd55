"""`make doctor`: examines the local stack, or a deployed set (URL=…), and ends with 1 when something is wrong.

OPTIONS names the ports and the folder of a local stack, as for `make run`. A deployed set is one app or several,
each with a URL. It is reached by the settings that it has itself (COSMOS__accountEndpoint and others), as whoever
is signed in here; DOCTOR_KEY holds the master keys, in the order of the URLs, or one for all.
"""

import argparse
import asyncio
import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from infra.doctor import package
from infra.doctor.apps import meet
from infra.doctor.examination import examine
from infra.doctor.patient import Complaint, Finding, Patient, Unseen
from infra.local.ports import Ports, add_ports
from infra.local.stack import ROOT, STATE, local_settings
from infra.names import described
from shared.adapters.archive import open_archive
from shared.adapters.cosmos.client import open_client
from shared.adapters.cosmos.feed import CosmosProgress
from shared.adapters.log_reader import open_log_reader
from shared.adapters.names import PROGRESS
from shared.adapters.settings import Settings, check
from shared.kernel.errors import ConfigurationError, StoreError


async def run(
    urls: Mapping[str, str], environment: Mapping[str, str], *, local: bool = False
) -> int:
    """Examine apps, given by URL with their keys; 1 when there is a complaint.

    The environment is that of the apps as well where they are local.
    """
    try:
        settings = Settings.read(environment)
        check(environment)
    except ConfigurationError as error:
        return show("settings", Complaint(str(error), "see 'Settings' in docs/architecture.md"))
    try:
        cosmos = await open_client(settings)
    except (ConfigurationError, StoreError) as error:
        reach = (
            "start the stack (`make run`), give the doctor the OPTIONS that name its ports,"
            " or name the store that you mean in the settings"
        )
        return show("store", Complaint(f"it cannot be reached: {error}", reach))
    names = described(ROOT)
    hubs = {hub: open_log_reader(settings, hub) for hub in names["hubs"]}
    database = cosmos.get_database_client(names["database"])
    patient = Patient(
        names=names,
        settings=settings,
        environment=environment if local else None,
        functions=await package.index(),
        host=json.loads((ROOT / "host.json").read_text(encoding="utf-8")),
        cosmos=cosmos,
        hubs=hubs,
        archive=open_archive(settings),
        progress=CosmosProgress(database.get_container_client(PROGRESS)),
        apps=[await meet(url, key) for url, key in urls.items()],
        now=lambda: datetime.now(UTC),
    )
    complaints = 0
    async for name, said in examine(patient):
        complaints += show(name, said)
    for reader in hubs.values():
        await reader.close()
    await cosmos.close()
    return min(complaints, 1)


def show(name: str, said: Finding) -> int:
    """Print what was found; gives the number of complaints."""
    if said is None:
        print(f"well  {name}", flush=True)
        return 0
    if isinstance(said, Unseen):
        print(f"?     {name}: {said.why}", flush=True)
        return 0
    print(f"ILL   {name}: {said.wrong}\n      {said.mend}", flush=True)
    return 1


def with_keys(urls: Sequence[str], keys: Sequence[str]) -> dict[str, str] | None:
    """Give each URL its key: its own, or the one that opens all; None when there are some, and not as many."""
    if len(keys) in {0, 1}:
        keys = [*keys, ""][:1] * len(urls)
    if len(keys) != len(urls):
        return None
    return {url.rstrip("/"): key for url, key in zip(urls, keys, strict=True)}


def main() -> int:
    """Examine as the arguments say."""
    parser = argparse.ArgumentParser(prog="python -m infra.doctor", description=__doc__)
    parser.add_argument("--url", nargs="+", help="of deployed apps; without it, the local stack")
    parser.add_argument("--state", type=Path, default=STATE, help="folder of the local stack")
    add_ports(parser)
    given = parser.parse_args()
    ports = Ports.given(given)
    here = f"http://127.0.0.1:{ports.http}"
    addresses = given.url or [here]
    urls = with_keys(addresses, os.environ.get("DOCTOR_KEY", "").split())
    if urls is None:
        parser.error("DOCTOR_KEY holds one key for all apps, or one for each URL")
    # What the SDKs have to say comes back as an error.
    logging.getLogger("azure").setLevel(logging.CRITICAL)
    local = here in urls
    settings = local_settings(ports, given.state) if local else {}
    return asyncio.run(run(urls, {**settings, **os.environ}, local=local))


if __name__ == "__main__":
    sys.exit(main())
