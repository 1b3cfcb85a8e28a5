"""The numbers of 云快充 messages (1.6 and 1.7)."""

from enum import IntEnum


class Kind(IntEnum):
    """What a frame is about: from the pile with odd numbers, to it mostly with even ones."""

    LOGIN = 0x01
    LOGGED_IN = 0x02
    HEARTBEAT = 0x03
    HEARTBEAT_ANSWER = 0x04
    TARIFF_CHECK = 0x05
    TARIFF_CHECKED = 0x06
    TARIFF_WANTED = 0x09
    TARIFF = 0x0A
    READ = 0x12
    REALTIME = 0x13
    CARD = 0x31
    CARD_ANSWER = 0x32
    STARTED = 0x33
    START = 0x34
    STOPPED = 0x35
    STOP = 0x36
    RECORD = 0x3B
    RECORD_17 = 0x3D
    RECORD_ANSWER = 0x40
    WORK_DONE = 0x51
    WORK = 0x52
    TIME_TAKEN = 0x55
    TIME = 0x56
    RESTARTED = 0x91
    RESTART = 0x92
