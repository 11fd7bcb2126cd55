"""A file as Event Hubs Capture writes it: messages in Avro, decoded piece by piece as its bytes come."""

from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from io import BytesIO
from typing import Any, Final

from fastavro import reader
from fastavro.schema import SchemaParseException

from shared.adapters.archive.avro_blocks import MARK, end_of_blocks
from shared.kernel.ports import ArchiveDamaged, ArchivedFile, NumberedMessage

SUFFIX: Final = ".avro"
# A block of Avro may have any size; what is made of it at once is limited here.
MOST: Final = 1_000
LARGEST_HEADER: Final = 65_536
NEEDED: Final = {"SequenceNumber", "Body"}
UNREADABLE: Final = (EOFError, LookupError, SchemaParseException, ValueError)


async def read_messages(
    file: ArchivedFile, pieces: AsyncIterator[bytes]
) -> AsyncGenerator[Sequence[NumberedMessage]]:
    """Decode the pieces of a file; raises ArchiveDamaged behind the last message that can be read."""
    reading = _Reading(file)
    async for piece in pieces:
        for messages in reading.take(piece):
            yield messages
    for messages in reading.finish():
        yield messages


class _Reading:
    """What is known of a file so far: its header, the bytes that are no whole block yet, the last number."""

    def __init__(self, file: ArchivedFile) -> None:
        self._file = file
        self._header = b""
        self._rest = bytearray()
        self._last: int | None = None

    def take(self, piece: bytes) -> Iterator[Sequence[NumberedMessage]]:
        self._rest += piece
        if self._header or len(self._rest) >= LARGEST_HEADER:
            yield from self._whole_blocks()

    def finish(self) -> Iterator[Sequence[NumberedMessage]]:
        if self._rest:
            yield from self._whole_blocks()
        if self._rest:
            raise self._damaged("it ends within a block")

    def _whole_blocks(self) -> Iterator[Sequence[NumberedMessage]]:
        if not self._header:
            self._take_header()
        end, fault = end_of_blocks(self._rest, self._header[-MARK:])
        if end:
            yield from self._decoded(self._header + self._rest[:end])
        if fault:
            raise self._damaged(fault)
        del self._rest[:end]

    def _take_header(self) -> None:
        begin = BytesIO(self._rest)
        try:
            schema = reader(begin).writer_schema
        except UNREADABLE as error:
            raise self._damaged(f"its header: {error}") from error
        fields = schema.get("fields", ()) if isinstance(schema, dict) else ()
        if not {one["name"] for one in fields} >= NEEDED:
            raise self._damaged("Event Hubs Capture did not write it")
        self._header = bytes(self._rest[: begin.tell()])
        del self._rest[: begin.tell()]

    def _decoded(self, file: bytes) -> Iterator[Sequence[NumberedMessage]]:
        messages: list[NumberedMessage] = []
        records: Iterator[Any] = iter(reader(BytesIO(file)))
        try:
            for record in records:
                messages.append(NumberedMessage(record["SequenceNumber"], record["Body"] or b""))
                if len(messages) == MOST:
                    yield self._read(messages)
                    messages = []
        except UNREADABLE as error:
            if messages:
                yield self._read(messages)
            raise self._damaged(f"{type(error).__name__}: {error}") from error
        if messages:
            yield self._read(messages)

    def _read(self, messages: list[NumberedMessage]) -> Sequence[NumberedMessage]:
        self._last = messages[-1].number
        return messages

    def _damaged(self, why: str) -> ArchiveDamaged:
        return ArchiveDamaged(self._file.name, self._last, why)
