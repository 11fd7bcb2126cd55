"""The performatives of AMQP 1.0, and their fields in order."""

from enum import IntEnum


class Performative(IntEnum):
    """What a frame does; the number is its descriptor."""

    OPEN = 0x10
    BEGIN = 0x11
    ATTACH = 0x12
    FLOW = 0x13
    TRANSFER = 0x14
    DISPOSITION = 0x15
    DETACH = 0x16
    END = 0x17
    CLOSE = 0x18
    SASL_MECHANISMS = 0x40
    SASL_INIT = 0x41
    SASL_OUTCOME = 0x44


FIELDS = {
    Performative.OPEN: [
        "container_id",
        "hostname",
        "max_frame_size",
        "channel_max",
        "idle_time_out",
        "outgoing_locales",
        "incoming_locales",
        "offered_capabilities",
        "desired_capabilities",
        "properties",
    ],
    Performative.BEGIN: [
        "remote_channel",
        "next_outgoing_id",
        "incoming_window",
        "outgoing_window",
        "handle_max",
        "offered_capabilities",
        "desired_capabilities",
        "properties",
    ],
    Performative.ATTACH: [
        "name",
        "handle",
        "role",
        "snd_settle_mode",
        "rcv_settle_mode",
        "source",
        "target",
        "unsettled",
        "incomplete_unsettled",
        "initial_delivery_count",
        "max_message_size",
        "offered_capabilities",
        "desired_capabilities",
        "properties",
    ],
    Performative.FLOW: [
        "next_incoming_id",
        "incoming_window",
        "next_outgoing_id",
        "outgoing_window",
        "handle",
        "delivery_count",
        "link_credit",
        "available",
        "drain",
        "echo",
        "properties",
    ],
    Performative.TRANSFER: [
        "handle",
        "delivery_id",
        "delivery_tag",
        "message_format",
        "settled",
        "more",
        "rcv_settle_mode",
        "state",
        "resume",
        "aborted",
        "batchable",
    ],
    Performative.DISPOSITION: ["role", "first", "last", "settled", "state", "batchable"],
    Performative.DETACH: ["handle", "closed", "error"],
    Performative.END: ["error"],
    Performative.CLOSE: ["error"],
    Performative.SASL_MECHANISMS: ["sasl_server_mechanisms"],
    Performative.SASL_INIT: ["mechanism", "initial_response", "hostname"],
    Performative.SASL_OUTCOME: ["code", "additional_data"],
}
