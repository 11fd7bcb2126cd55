"""The archive of what was captured: the emulator writes it, and the adapter finds it where the settings say."""

import json
from pathlib import Path

from emulators.event_hubs import EventHubsServer
from emulators.faults import Faults
from emulators.tests.serving import Services
from emulators.tests.waiting import until
from infra.local.ports import Ports
from infra.local.stack import SETTINGS, make_stack
from shared.adapters.archive import open_archive
from shared.adapters.event_hubs import open_log
from shared.kernel.ports import Archive, NumberedMessage
from tests.adapters.emulators import local_settings
from tests.contracts.archives import listed, read


async def archived(archive: Archive, partition: int) -> list[NumberedMessage]:
    files = await listed(archive, partition)
    return [message for file in files for message in await read(archive, file)]


async def test_what_is_sent_is_in_the_archive_under_its_numbers(tmp_path: Path) -> None:
    window = {"intervalInSeconds": 0.2, "skipEmptyArchives": True}
    server = EventHubsServer(tmp_path, {"events": {"capture": window}}, Faults())
    example = json.loads(SETTINGS.read_text(encoding="utf-8"))["Values"]
    stack = make_stack(Ports(event_hubs=await server.serve(0)), tmp_path).environment
    settings = local_settings(
        Services(example["COSMOS"], stack["EVENTHUBS"], example["EVENTGRID"], ""),
        ARCHIVE_FOLDER=stack["ARCHIVE_FOLDER"],
        ARCHIVE_NAMESPACE=stack["ARCHIVE_NAMESPACE"],
    )
    archive, log = open_archive(settings), open_log(settings)
    assert archive

    await log.send(3, [b"one", b"two"])
    await until(lambda: archived(archive, 3), lambda found: len(found) == 2)
    await log.send(3, [b"three"])
    found = await until(lambda: archived(archive, 3), lambda found: len(found) == 3)

    assert found == [
        NumberedMessage(0, b"one"),
        NumberedMessage(1, b"two"),
        NumberedMessage(2, b"three"),
    ]
    assert len(await listed(archive, 3)) > 1
    await log.close()
    await server.close()
