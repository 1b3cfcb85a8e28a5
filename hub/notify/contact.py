"""Who can be told, as the site file says."""

from typing import Annotated

from msgspec import Meta, Struct

from hub.alarms.definition import Key, Priority, Words


class Contact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[[contact]]`: somebody who is told of alarms.

    `url_file` holds one Apprise address, which is a secret (a WeCom key, a password). `at_least`: only alarms
    of this priority and graver. `post`: told only while that post is manned.
    """

    id: Key
    title: Words
    url_file: str
    language: str = "zh-CN"
    at_least: Priority = Priority.LOW
    post: Key | None = None
    retry_for_s: Annotated[float, Meta(gt=0, le=86400)] = 3600.0
