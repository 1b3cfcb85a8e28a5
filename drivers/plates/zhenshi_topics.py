"""The MQTT topics of Zhenshi (臻识) cameras, in both layouts that firmware has."""

from typing import Final, NamedTuple

LAYOUTS: Final = ("device/{serial}/message", "{serial}/device/message")


class Topic(NamedTuple):
    """`base`: where the camera is, in its own layout. `kind`: what the message is, as `ivs_result`."""

    base: str
    kind: str


def filters(serial: str) -> list[str]:
    """Return what to subscribe to: all that the camera says, and its replies to commands."""
    bases = [layout.format(serial=serial) for layout in LAYOUTS]
    return [f"{base}/{end}" for base in bases for end in ("up/+", "down/+/reply")]


def parse(topic: str, serial: str) -> Topic | None:
    """Take a topic apart; None if it is none on which this camera speaks."""
    for layout in LAYOUTS:
        base = layout.format(serial=serial)
        way, _, kind = topic.removeprefix(f"{base}/").partition("/")
        if topic.startswith(f"{base}/") and (way == "up" or (way == "down" and kind.endswith("/reply"))):
            return Topic(base, kind)
    return None


def command_topic(base: str, name: str) -> str:
    """Return where a command goes, in the layout that the camera was heard in."""
    return f"{base}/down/{name}"
