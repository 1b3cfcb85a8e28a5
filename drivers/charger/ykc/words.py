"""What the numbers of a 云快充 pile mean in the words of a connector (numbers as in JCPP). Pure."""

from typing import Final

from drivers.charger.words import ConnectorState, EndReason, Fault

FAULTY: Final = 1
CHARGING: Final = 3
STATES: Final = {
    0: ConnectorState.UNAVAILABLE,
    FAULTY: ConnectorState.FAULTED,
    2: ConnectorState.AVAILABLE,
    CHARGING: ConnectorState.CHARGING,
}

DOOR: Final = 1 << 12
"""The bit of `faults` that is no fault of the gun."""

_FAULTS: Final = (
    (1 << 11, Fault.POWER_SWITCH),
    (1 << 2, Fault.OVER_TEMPERATURE),
    (1 << 10, Fault.FUSE),
    (1 << 6, Fault.METER),
    (1 << 1 | 1 << 4 | 1 << 5 | 1 << 8 | 1 << 9, Fault.INTERNAL),
    (1 << 7, Fault.CARD_READER),
)
"""The gravest first; others, such as the emergency stop, have no word of their own."""

_REASONS: Final = {
    0x40: EndReason.STOPPED,
    0x41: EndReason.FULL,
    0x42: EndReason.ENERGY_LIMIT,
    0x43: EndReason.ENERGY_LIMIT,
    0x44: EndReason.TIME_LIMIT,
    0x45: EndReason.LOCAL,
    0x4B: EndReason.UNPLUGGED,
    0x4E: EndReason.ENERGY_LIMIT,
    0x50: EndReason.LOCAL,
    0x53: EndReason.OVER_TEMPERATURE,
    0x6B: EndReason.UNPLUGGED,
    0x6E: EndReason.ENERGY_LIMIT,
    0x6F: EndReason.OVER_CURRENT,
    0x70: EndReason.OVER_CURRENT,
    0x74: EndReason.OVER_TEMPERATURE,
    0x72: EndReason.LOCAL,
    0x76: EndReason.OTHER,
    0x7A: EndReason.OVER_CURRENT,
    0x7C: EndReason.OVER_TEMPERATURE,
    0x7E: EndReason.OVER_TEMPERATURE,
    0x80: EndReason.OVER_TEMPERATURE,
    0x83: EndReason.POWER_LOSS,
}
"""Money is energy to the pile: see `drivers.charger.ykc.pile`."""

START_REFUSALS: Final = {
    1: "it is another pile",
    2: "the gun charges already",
    3: "the pile is faulty",
    4: "the pile is offline",
    5: "no vehicle is plugged in",
}
STOP_REFUSALS: Final = {1: "it is another pile", 2: "the gun does not charge"}


def fault(faults: int) -> Fault:
    """Say what is broken, the gravest."""
    return next((fault for bits, fault in _FAULTS if faults & bits), Fault.OTHER)


def reason(why: int) -> EndReason:
    """Say why a charge ended, or never really began."""
    if 0x4A <= why <= 0x8F:
        return _REASONS.get(why, EndReason.FAULT)
    return _REASONS.get(why, EndReason.OTHER)


def refusal(why: int, reasons: dict[int, str]) -> str:
    """Say for people why the pile refuses."""
    return f"the pile refuses: {reasons.get(why, 'for an unknown reason')} (reason 0x{why:02X})"
