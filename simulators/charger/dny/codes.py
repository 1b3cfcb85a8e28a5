"""The numbers of DNY (AP3000, device and server, 8.6)."""

from enum import IntEnum


class Command(IntEnum):
    """What a frame is about; from 0x81 the server's."""

    SETTLEMENT = 0x03
    POWER = 0x06
    REGISTER = 0x20
    HEARTBEAT = 0x21
    TIME = 0x22
    ALARM = 0x42
    POLL = 0x81
    CHARGE = 0x82
    PARAMETERS = 0x83
    LIMITS = 0x85
    RESET = 0x87
    CHANGE = 0x8A
    CODE = 0x8E


class PortState(IntEnum):
    """A port in a heartbeat (§3.1)."""

    IDLE = 0
    CHARGING = 1
    PLUGGED = 2
    FULL = 3
    UNMETERED = 4
    FLOATING = 5
    MEMORY = 6
    JAMMED = 7
    FUSE = 8
    WELDED = 9
    SENSOR = 0x0A
    RELAY = 0x0B
    SHORT = 0x0D


class StopReason(IntEnum):
    """Why a charge ended (§3.3)."""

    FULL = 1
    LONGEST = 2
    TIME = 3
    ENERGY = 4
    UNPLUGGED = 5
    OVERLOAD = 6
    SERVER = 7
    PORT_HOT = 0x0B
    OVER_CURRENT = 0x0C
    NO_POWER = 0x0E
    FLOOD = 0x10
    OUTSIDE = 0x15
    CARD = 0x16
    FORCED = 0x17
    FIRE = 0x18
    UNDER_VOLTAGE = 0x1B


class AlarmKind(IntEnum):
    """What a post raises the alarm for (§3.4.5)."""

    POWER_LOSS = 1
    FLOOD = 2
    HOT_MELT = 3
    SMOKE = 4
    HEAT = 5
    LEVEL = 6
    DOOR = 7


class Answer(IntEnum):
    """What a post answers to a start or stop (§4.2)."""

    DONE = 0
    NOT_PLUGGED = 1
    SAME_STATE = 2
    FAULTY = 3
    NO_SUCH_PORT = 4
    SEVERAL_WAIT = 5
    OVER_POWER = 6
    RELAY = 8
    SMOKE = 0x0B


class Rate(IntEnum):
    """How the server pays for a charge, and so what `amount` counts (§4.2)."""

    TIME = 0
    MONTH = 1
    ENERGY = 2
    COUNT = 3
