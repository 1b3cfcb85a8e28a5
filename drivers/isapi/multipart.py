"""What is in a pushed body: one document, and the pictures beside it, as parts or as the whole body.

Devices name and label parts in many ways (`anpr.xml`, `licensePlatePicture.jpg`, by `name` or `filename`,
`text/xml`, `application/octet-stream`, or without a label), so a part is what its bytes say it is.
"""

import asyncio
import re
import warnings
from collections.abc import AsyncIterator
from typing import Final, NamedTuple

import aiohttp
from aiohttp import BodyPartReader, MultipartReader, hdrs
from aiohttp.base_protocol import BaseProtocol
from aiohttp.http_exceptions import HttpProcessingError

from contract.errors import InvalidMessage
from drivers.isapi.document import read_document
from drivers.isapi.push import MOST_PICTURES, Picture, Push

MOST_PARTS: Final = 16
LONGEST_PART: Final = 4 * 1024 * 1024
"""Bytes; a picture of 8 megapixels has some two million."""

CHUNK: Final = 64 * 1024
JPEG: Final = b"\xff\xd8\xff"
_CHARSET: Final = re.compile(r"""charset\s*=\s*["']?([\w.-]{1,40})""", re.IGNORECASE)
_MULTIPART: Final = re.compile(r"^\s*multipart/[\w.+-]*", re.IGNORECASE)
_TEXT: Final = (b"<", b"{", b"\xef\xbb\xbf", b"\xff\xfe<", b"\xfe\xff\0<")
_UNTELLABLE: Final = (ValueError, LookupError, AssertionError, RuntimeError, HttpProcessingError)
"""What aiohttp's reader raises at broken bodies."""


class Part(NamedTuple):
    """One part: the name that it was given, and the encoding of text that it says."""

    name: str
    charset: str
    body: bytes


async def read_push(content_type: str, body: bytes) -> Push:
    """Read a pushed body, of which the caller has seen to the size.

    A document that is whole is taken, even if what follows it cannot be read: `Push.flaw` says so. Parts that
    are neither document nor picture are left out. InvalidMessage if there is no document that makes sense,
    or more than one.
    """
    parts, flaw = await _all_parts(content_type, body)
    texts = [part for part in parts if part.body.lstrip().startswith(_TEXT)]
    if len(texts) != 1:
        raise InvalidMessage(flaw or f"a push with {len(texts)} documents")
    pictures = [Picture(part.name, part.body) for part in parts if part.body.startswith(JPEG)]
    return Push(read_document(texts[0].body, texts[0].charset), tuple(pictures[:MOST_PICTURES]), flaw)


async def _all_parts(content_type: str, body: bytes) -> tuple[list[Part], str]:
    """Return the parts, and why there are no more; empty if there are none."""
    if not _MULTIPART.match(content_type):
        return [Part("", _charset(content_type), body)], ""
    parts: list[Part] = []
    try:
        with warnings.catch_warnings():  # of names that are badly written; nothing in here ever waits
            warnings.simplefilter("ignore")
            async for part in _parts(content_type, body):
                parts.append(part)  # those before a fault are kept
    except InvalidMessage as bound:
        return parts, str(bound)
    except _UNTELLABLE as error:
        return parts, f"parts that cannot be told apart ({type(error).__name__})"
    return parts, ""


async def _parts(content_type: str, body: bytes) -> AsyncIterator[Part]:
    # Of form data, aiohttp does not believe what parts say of their length (RFC 7578 §4.8): it may be wrong.
    as_form = _MULTIPART.sub("multipart/form-data", content_type)
    reader = MultipartReader({hdrs.CONTENT_TYPE: as_form}, _stream(body))
    for _ in range(MOST_PARTS):
        part = await reader.next()
        if part is None:
            return
        if not isinstance(part, BodyPartReader):
            raise InvalidMessage("parts within a part")
        yield await _read(part)
    raise InvalidMessage(f"more than {MOST_PARTS} parts")


async def _read(part: BodyPartReader) -> Part:
    body = bytearray()
    while chunk := await part.read_chunk(CHUNK):
        body += chunk
        if len(body) > LONGEST_PART:
            raise InvalidMessage(f"a part of more than {LONGEST_PART} bytes")
    name = part.filename or part.name or ""
    return Part(name, part.get_charset(default=""), bytes(body))


def _stream(body: bytes) -> aiohttp.StreamReader:
    """Return a stream that has the body already: what reads it never waits."""
    loop = asyncio.get_running_loop()
    stream = aiohttp.StreamReader(BaseProtocol(loop), limit=max(len(body), 1), loop=loop)
    for start in range(0, len(body), CHUNK):
        stream.feed_data(body[start : start + CHUNK])
    stream.feed_eof()
    return stream


def _charset(content_type: str) -> str:
    named = _CHARSET.search(content_type)
    return named[1] if named else ""
