"""Resource ids: numbers as the SDKs write them into links."""

import base64
import binascii
import struct

# The highest bit tells a container from a user, which the service numbers apart.
_CONTAINER = 0x80000000


def write_rid(database: int, container: int | None = None, item: int | None = None) -> str:
    """Write the id of a database, of a container in it, or of an item in that."""
    data = struct.pack(">I", database)
    if container is not None:
        data += struct.pack(">I", _CONTAINER | container)
    if item is not None:
        data += struct.pack(">Q", item)
    return base64.b64encode(data, b"+-").decode()


def read_rid(text: str) -> tuple[int, ...]:
    """Read the numbers of an id; empty for what is none."""
    try:
        data = base64.b64decode(text, b"+-", validate=True)
    except (binascii.Error, ValueError):
        return ()
    match len(data):
        case 4:
            return struct.unpack(">I", data)
        case 8:
            database, container = struct.unpack(">II", data)
            return database, container & ~_CONTAINER
        case 16:
            database, container, item = struct.unpack(">IIQ", data)
            return database, container & ~_CONTAINER, item
    return ()
