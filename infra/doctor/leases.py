"""`python -m infra.doctor.leases --delete <id>`: deletes what keeps the trigger of the publisher from its leases.

It makes leases only while it finds no `.info`, and waits for a `.lock`. Without either it makes those that are
missing when its app starts again, from the beginning of their ranges; consumers drop what they have seen. The
store is that of the settings, as for the doctor.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Mapping

from azure.core.exceptions import AzureError

from infra.local.stack import SETTINGS
from shared.adapters.cosmos.client import container, open_client
from shared.adapters.names import LEASE_PREFIX, LEASES
from shared.adapters.settings import Settings
from shared.kernel.errors import ConfigurationError, StoreError

MAY_GO = (".info", ".lock")


async def delete(id_: str, environment: Mapping[str, str]) -> str:
    """Delete one item beside the leases; gives what was wrong, nothing when it is gone."""
    if not (id_.startswith(LEASE_PREFIX) and id_.endswith(MAY_GO)):
        return f"{id_} is a lease, or none of ours: only {' and '.join(MAY_GO)} can be made anew"
    try:
        cosmos = await open_client(Settings.read(environment))
    except (ConfigurationError, StoreError) as error:
        return f"the store cannot be reached: {error}"
    try:
        await container(cosmos, LEASES).delete_item(id_, partition_key=id_)
    except AzureError as error:
        return f"{id_} cannot be deleted: {error}"
    finally:
        await cosmos.close()
    return ""


def main() -> int:
    """Delete what the arguments name."""
    parser = argparse.ArgumentParser(prog="python -m infra.doctor.leases", description=__doc__)
    parser.add_argument("--delete", metavar="ID", required=True)
    deployed = "COSMOS__accountEndpoint" in os.environ
    example = json.loads(SETTINGS.read_text(encoding="utf-8"))["Values"]
    given = os.environ if deployed else {**example, **os.environ}
    wrong = asyncio.run(delete(parser.parse_args().delete, given))
    print(
        wrong
        or "it is gone: restart the app of the publisher, which makes the leases that are missing"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
