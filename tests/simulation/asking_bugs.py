"""Planted bugs of what others are told, and of how clients may ask: insisting, once more, or without waiting."""

from tests.simulation.planting import Bug

TELLING = [
    Bug(
        "what the topic does not acknowledge is told to nobody",
        "consumers.notifications:Notifications._publish",
        "    unwanted = await retrying(self.pause, self.notifier.publish, told)\n",
        "    from shared.kernel.errors import NotifierError\n"
        "    try:\n"
        "        unwanted = await self.notifier.publish(told)\n"
        "    except NotifierError:\n"
        "        return ()\n",
    ),
    Bug(
        "others are told of the last event of a batch alone",
        "consumers.notifications:Notifications._publish",
        "self.notifier.publish, told)",
        "self.notifier.publish, told[-1:])",
    ),
    Bug(
        "a notification is named by its stream, not by its event",
        "shared.kernel.messages.notification:notification",
        'f"{envelope.id}/{type_}"',
        'f"{envelope.subject}/{type_}"',
    ),
]

ASKING = [
    Bug(
        "a version that was seen is only asked for when the stream is behind it",
        "shared.kernel.commands.batch:_decide",
        "not request.expected.met(loaded.version)",
        "min(request.expected.among or {0}) > loaded.version",
    ),
    Bug(
        "an id that is taken answers for any command",
        "shared.kernel.commands.request:CommandRequest.is_answered_by",
        "return stored.command_digest == self.digest",
        "return True",
    ),
    Bug(
        "a client can take the id of what an event causes",
        "shared.kernel.messages.derived_id:derived_id",
        "_CAUSED + ",
        "",
    ),
    Bug(
        "a commit is dated when its command came",
        "shared.kernel.commands.batch:_accept",
        "time=time,",
        "time=request.metadata.accepted or time,",
    ),
    Bug(
        "a command that waits forgets the version that its client has seen",
        "shared.kernel.commands.queued_command:request_of",
        "waiting.metadata, waiting.expected",
        "waiting.metadata, None",
    ),
    Bug(
        "what may pass is kept as the outcome of a command that waits",
        "consumers.mailbox:Mailbox._kept",
        "if may_pass(error):",
        "if not hasattr(error, 'transient'):",
    ),
    Bug(
        "a command that waits is forgotten when its outcome could not be kept",
        "consumers.mailbox:Mailbox.handle",
        "    await self._delivery.take(bodies, command_in, attempts)\n",
        "    try:\n"
        "        await self._delivery.take(bodies, command_in, attempts)\n"
        "    except BaseExceptionGroup:\n"
        "        pass\n",
    ),
]
