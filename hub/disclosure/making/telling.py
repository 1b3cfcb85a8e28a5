"""What the process that makes a bundle tells the hub: a line of JSON each, the last one how it ended."""

from typing import Final

import msgspec
from msgspec import Struct

from hub.bundle.progress import Bundle
from hub.disclosure.request import Made, Progress

WHOSE_FILE: Final = "whose.json"
"""In the folder of a bundle: whose data can be seen in it, pairs of what it is and its key."""


class Advanced(Struct, frozen=True, tag="advanced"):
    """How far it is."""

    progress: Progress


class Finished(Struct, frozen=True, tag="finished"):
    """The bundle is whole."""

    made: Made


class Failed(Struct, frozen=True, tag="failed"):
    """There is none, in words that people understand and that name nobody; `again`: it may work by itself."""

    why: str
    again: bool = False


class Stopped(Struct, frozen=True, tag="stopped"):
    """It was told to stop."""


Told = Advanced | Finished | Failed | Stopped

read_line: Final = msgspec.json.Decoder(Told).decode
write_line: Final = msgspec.json.Encoder().encode


def made_of(bundle: Bundle) -> Made:
    """Say of a bundle what the desk keeps."""
    return Made(
        name=bundle.name,
        bytes=bundle.bytes,
        sha256=bundle.sha256,
        files=bundle.files,
        encrypted=bundle.encrypted,
        made_ms=bundle.made_ms,
        zip_sha256=bundle.zip_sha256,
        signer=bundle.signer,
        contents=bundle.contents,
    )
