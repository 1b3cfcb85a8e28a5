"""The numbers of 云快充 (1.6 and 1.7)."""

from enum import IntEnum


class Kind(IntEnum):
    """What a frame is about: odd ones mostly from the pile, even ones mostly to it."""

    LOGIN = 0x01
    LOGIN_ANSWER = 0x02
    HEARTBEAT = 0x03
    HEARTBEAT_ANSWER = 0x04
    TARIFF_CHECK = 0x05
    TARIFF_CHECKED = 0x06
    TARIFF_ASK = 0x09
    TARIFF = 0x0A
    READ = 0x12
    REALTIME = 0x13
    STARTED = 0x33
    START = 0x34
    STOPPED = 0x35
    STOP = 0x36
    RECORD = 0x3B
    RECORD_17 = 0x3D
    RECORD_ANSWER = 0x40
    PARAMETERS_DONE = 0x51
    PARAMETERS = 0x52
    TIME_DONE = 0x55
    TIME = 0x56
    TARIFF_DONE = 0x57
    TARIFF_SET = 0x58
    RESTART_DONE = 0x91
    RESTART = 0x92


class GunState(IntEnum):
    """A gun in the realtime data (§7.2)."""

    OFFLINE = 0
    FAULTY = 1
    IDLE = 2
    CHARGING = 3


class GunFault(IntEnum):
    """Bits of what is broken in the realtime data (§7.2)."""

    EMERGENCY_STOP = 1 << 0
    TOO_HOT = 1 << 2
    METER = 1 << 6
    CARD_READER = 1 << 7
    FUSE = 1 << 10
    CONTACTOR = 1 << 11
    DOOR = 1 << 12


class StartRefusal(IntEnum):
    """Why a start is refused (§8.4)."""

    NONE = 0
    OTHER_PILE = 1
    BUSY = 2
    FAULTY = 3
    OFFLINE = 4
    NOT_PLUGGED = 5


class StopRefusal(IntEnum):
    """Why a stop is refused (§8.6)."""

    NONE = 0
    OTHER_PILE = 1
    NOT_CHARGING = 2
    OTHER = 3


class StopReason(IntEnum):
    """Why a charge ended (§11, 停止原因)."""

    REMOTE = 0x40
    FULL = 0x41
    ENERGY = 0x42
    MONEY = 0x43
    TIME = 0x44
    MANUAL = 0x45
    LOCKED = 0x6A
    UNPLUGGED = 0x6B
    METER = 0x6D
    AC_PROTECTION = 0x6F
    EMERGENCY_STOP = 0x72
    TEMPERATURE = 0x74
    CURRENT = 0x7A
    POWER_LOSS = 0x83
    OTHER = 0x8A
