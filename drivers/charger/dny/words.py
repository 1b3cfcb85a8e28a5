"""What a DNY post's numbers mean in the words of a connector (AP3000 §1.0.2, §3.1, §3.3, §3.4.5). Pure."""

from typing import Final

from drivers.charger.link import Status
from drivers.charger.words import ConnectorState, EndReason, Fault, Trouble

KINDS: Final = {
    0x03: "one socket",
    0x04: "two sockets",
    0x05: "10 sockets",
    0x06: "16 sockets",
    0x07: "12 sockets",
    0x09: "host",
    0x0A: "host with earth-leakage breaker",
}
HOSTS: Final = frozenset({0x09, 0x0A})
"""Kinds of posts that have no socket and carry others on their line."""

_STATES: Final = {
    0: Status(state=ConnectorState.AVAILABLE, plugged=False),
    1: Status(state=ConnectorState.CHARGING, plugged=True),
    2: Status(state=ConnectorState.PREPARING, plugged=True),
    3: Status(state=ConnectorState.FINISHING, plugged=True),
    5: Status(state=ConnectorState.CHARGING, plugged=True),
}
_FAULTS: Final = {
    4: Fault.METER,
    6: Fault.INTERNAL,
    7: Fault.CONNECTOR_LOCK,
    8: Fault.FUSE,
    9: Fault.POWER_SWITCH,
    0x0A: Fault.INTERNAL,
    0x0B: Fault.POWER_SWITCH,
    0x0D: Fault.OVER_CURRENT,
    0x0E: Fault.POWER_SWITCH,
    0x0F: Fault.CARD_READER,
    0x10: Fault.INTERNAL,
}
_REASONS: Final = {
    1: EndReason.FULL,
    2: EndReason.TIME_LIMIT,
    3: EndReason.TIME_LIMIT,
    4: EndReason.ENERGY_LIMIT,
    5: EndReason.UNPLUGGED,
    6: EndReason.OVER_CURRENT,
    7: EndReason.STOPPED,
    8: EndReason.OVER_CURRENT,
    0x0A: EndReason.OVER_TEMPERATURE,
    0x0B: EndReason.OVER_TEMPERATURE,
    0x0C: EndReason.OVER_CURRENT,
    0x0D: EndReason.UNPLUGGED,
    0x0E: EndReason.FAULT,
    0x0F: EndReason.FAULT,
    0x10: EndReason.FLOOD,
    0x11: EndReason.SMOKE,
    0x12: EndReason.SMOKE,
    0x13: EndReason.LOCAL,
    0x15: EndReason.LOCAL,
    0x16: EndReason.LOCAL,
    0x17: EndReason.STOPPED,
    0x18: EndReason.SMOKE,
    0x19: EndReason.FAULT,
    0x1A: EndReason.FAULT,
    0x1B: EndReason.POWER_LOSS,
}
ALARMS: Final = {
    1: Trouble.MAINS,
    2: Trouble.FLOOD,
    3: Trouble.HEAT,
    4: Trouble.SMOKE,
    5: Trouble.HEAT,
    6: Trouble.FLOOD,
    7: Trouble.DOOR,
}
FULL: Final = 3
CHARGING: Final = frozenset({1, FULL, 5})
"""States that a power report may have (§3.4.2: others are errors and to be ignored)."""


def status(state: int) -> Status:
    """Say how a port is; a number that nobody has documented is a fault."""
    return _STATES.get(state) or Status(state=ConnectorState.FAULTED, fault=_FAULTS.get(state, Fault.OTHER))


def reason(why: int) -> EndReason:
    """Say why a charge ended."""
    return _REASONS.get(why, EndReason.OTHER)


def product(kind: int, firmware: int | None = None) -> str:
    """Say what a post is; its firmware only after it has registered."""
    version = "" if firmware is None else f" V{firmware // 100}.{firmware % 100:02}"
    return f"AP3000, {KINDS.get(kind, f'kind {kind:02X}')}{version}"
