"""Topics: `hemei/{site}/{kind}/{device}/{channel}`, with ids of `[a-z0-9-]{1,64}`."""

import re
from enum import StrEnum
from typing import NamedTuple

from contract.errors import InvalidMessage

ROOT = "hemei"
DRIVER_KIND = "driver"
HUB_KIND = "hub"
"""The hub itself, which speaks as a device only to see whether it is heard."""

_ID = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class Channel(StrEnum):
    """What a topic carries."""

    DESCRIPTION = "description"
    AVAILABILITY = "availability"
    STATE = "state"
    TELEMETRY = "telemetry"
    EVENT = "event"
    MEDIA = "media"
    PREVIEW = "preview"
    ACTION = "action"
    RESULT = "result"
    COMMITTED = "committed"
    HOLDING = "holding"
    LIST = "list"


RETAINED = frozenset(
    {Channel.DESCRIPTION, Channel.AVAILABILITY, Channel.STATE, Channel.COMMITTED, Channel.HOLDING}
)
"""Channels whose last message the broker keeps for whoever comes later."""

LEFT = (Channel.STATE, Channel.AVAILABILITY, Channel.DESCRIPTION)
"""What the broker keeps of a device, in the order in which its driver host takes it back: as long as the
description is there, a host that was killed meanwhile begins again."""

PASSING = frozenset({Channel.TELEMETRY, Channel.PREVIEW})
"""Channels at QoS 0: whoever misses a message waits for the next."""

_CHANNELS = {channel.value: channel for channel in Channel}


class Address(NamedTuple):
    """Which thing: the key of everything that is stored about it."""

    site: str
    kind: str
    device: str

    def __str__(self) -> str:
        return f"{self.site}/{self.kind}/{self.device}"

    def topic(self, channel: Channel, sha256: str | None = None) -> str:
        """Return the topic of `channel` of this thing; `sha256` names the picture on MEDIA."""
        topic = f"{ROOT}/{self.site}/{self.kind}/{self.device}/{channel.value}"
        return f"{topic}/{sha256}" if sha256 else topic


class Topic(NamedTuple):
    """A topic taken apart; `sha256` is there on MEDIA alone."""

    address: Address
    channel: Channel
    sha256: str | None = None


def is_id(text: str) -> bool:
    """Whether `text` may stand in a topic as site, kind or device."""
    return _ID.fullmatch(text) is not None


def is_sha256(text: str) -> bool:
    """Whether `text` may stand in a topic as the SHA-256 of a picture: 64 digits of lower-case hex."""
    return _SHA256.fullmatch(text) is not None


def address(text: str) -> Address:
    """Read `site/kind/device`; InvalidMessage if it is not three ids."""
    parts = text.split("/")
    if len(parts) != 3 or not all(map(is_id, parts)):
        raise InvalidMessage(f"{text!r} is not site/kind/device with ids of [a-z0-9-]{{1,64}}")
    return Address(*parts)


def parse(topic: str) -> Topic:
    """Take a topic apart; InvalidMessage says what is wrong with it."""
    root, _, rest = topic.partition("/")
    parts = rest.split("/")
    if root != ROOT or len(parts) not in (4, 5):
        raise InvalidMessage(f"topic is not {ROOT}/site/kind/device/channel", code="bad-topic")
    if not all(map(is_id, parts[:3])):
        raise InvalidMessage("topic holds an id that is not [a-z0-9-]{1,64}", code="bad-topic")
    channel = _CHANNELS.get(parts[3])
    if channel is None:
        raise InvalidMessage("topic names an unknown channel", code="bad-topic")
    sha256 = parts[4] if len(parts) == 5 else None
    if (channel is Channel.MEDIA) != (sha256 is not None):
        raise InvalidMessage("media, and only media, names a SHA-256", code="bad-topic")
    if sha256 is not None and not is_sha256(sha256):
        raise InvalidMessage("topic names no SHA-256 in lower-case hex", code="bad-topic")
    return Topic(Address(*parts[:3]), channel, sha256)


def everything(channel: Channel) -> str:
    """Return the subscription filter for `channel` of every thing of every site."""
    suffix = "/+" if channel is Channel.MEDIA else ""
    return f"{ROOT}/+/+/+/{channel.value}{suffix}"
