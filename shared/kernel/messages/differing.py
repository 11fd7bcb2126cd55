"""What a message of the log says otherwise than the store does."""

from shared.kernel.messages.envelope import Envelope

OF_THE_COMMIT = ("digest", "cause", "actor", "accepted")


def differing(told: Envelope, stored: Envelope) -> list[str]:
    """Name the attributes that differ; what older code has left out, or written in its own form, does not."""
    said, wanted = told.model_dump(), stored.model_dump()
    if all(said[name] is None for name in OF_THE_COMMIT):
        said |= {name: wanted[name] for name in OF_THE_COMMIT}
    if told.dataschema == stored.dataschema.rpartition(":")[2]:
        said["dataschema"] = stored.dataschema
    return [name for name, value in wanted.items() if said[name] != value]
