"""RTSP 1.0 as a server reads and writes it (RFC 2326): requests, answers, transports, SDP."""

import base64
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from simulators.camera.rtp import CLOCK_HZ, PAYLOAD_TYPE

LONGEST_HEAD = 16 * 1024
LONGEST_BODY = 64 * 1024

REASONS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    461: "Unsupported Transport",
}

_REQUEST_LINE = re.compile(r"([A-Z_]{1,32}) (\S{1,2048}) RTSP/1\.0")
_RANGE = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")


class BadRequest(Exception):
    """Bytes that are no RTSP; the connection is of no use any more."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names are in lower case."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def cseq(self) -> str:
        """The number that the answer repeats."""
        return self.headers.get("cseq", "")


class Requests:
    """Takes bytes as they come and gives the requests in them. A reader's interleaved packets are dropped."""

    def __init__(self) -> None:
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[Request]:
        """Give all requests that are complete; BadRequest at what is none."""
        self._bytes += data
        while self._bytes:
            if self._bytes[0] == ord("$"):
                if len(self._bytes) < 4 or len(self._bytes) < (end := 4 + int.from_bytes(self._bytes[2:4])):
                    return
                del self._bytes[:end]
            elif self._bytes[0] in b"\r\n":
                del self._bytes[:1]
            elif (request := self._request()) is None:
                return
            else:
                yield request

    def _request(self) -> Request | None:
        end = self._bytes.find(b"\r\n\r\n", 0, LONGEST_HEAD)
        if end < 0:
            if len(self._bytes) >= LONGEST_HEAD:
                raise BadRequest("the head of the request is too long")
            return None
        head = self._bytes[:end].decode("utf-8", "replace").split("\r\n")
        line = _REQUEST_LINE.fullmatch(head[0])
        if line is None:
            raise BadRequest("no request line")
        headers = _headers(head[1:])
        length = headers.get("content-length", "0")
        if not re.fullmatch(r"[0-9]{1,7}", length) or int(length) > LONGEST_BODY:
            raise BadRequest("Content-Length is no length")
        whole = end + 4 + int(length)
        if len(self._bytes) < whole:
            return None
        body = bytes(self._bytes[end + 4 : whole])
        del self._bytes[:whole]
        return Request(line[1], line[2], headers, body)


def _headers(lines: list[str]) -> dict[str, str]:
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise BadRequest("a header without a colon")
        headers[name.strip().lower()] = value.strip()
    return headers


def answer(
    request: Request, status: int, headers: Mapping[str, str] | None = None, body: bytes = b""
) -> bytes:
    """Make the answer to a request."""
    lines = [f"RTSP/1.0 {status} {REASONS[status]}", f"CSeq: {request.cseq}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True, slots=True)
class Interleaved:
    """RTP and RTCP inside the RTSP connection, on two channels (0 to 255)."""

    rtp: int
    rtcp: int

    def __str__(self) -> str:
        return f"RTP/AVP/TCP;unicast;interleaved={self.rtp}-{self.rtcp}"


@dataclass(frozen=True, slots=True)
class Datagrams:
    """RTP and RTCP to two UDP ports of the reader."""

    rtp: int
    rtcp: int

    def __str__(self) -> str:
        return f"RTP/AVP;unicast;client_port={self.rtp}-{self.rtcp}"


Transport: TypeAlias = Interleaved | Datagrams


def transport(header: str) -> Transport | None:
    """Choose the first transport of a Transport header that a camera has; None if there is none."""
    for offer in header.split(","):
        name, *parameters = [part.strip() for part in offer.split(";")]
        given = dict(part.partition("=")[::2] for part in parameters)
        if "multicast" in given:
            continue
        if name == "RTP/AVP/TCP":
            pair = _pair(given.get("interleaved", "0-1"))
            if pair and max(pair) <= 255:
                return Interleaved(*pair)
        elif name in ("RTP/AVP", "RTP/AVP/UDP"):
            pair = _pair(given.get("client_port", ""))
            if pair and min(pair) > 0 and max(pair) <= 65535:
                return Datagrams(*pair)
    return None


def _pair(text: str) -> tuple[int, int] | None:
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    first = int(found[1])
    return first, int(found[2]) if found[2] else first + 1


def sdp(*, host: str, title: str, sps: bytes, pps: bytes, fps: int) -> bytes:
    """Describe the stream (RFC 4566; its H.264 parameters: RFC 6184 §8.1)."""
    sets = ",".join(base64.b64encode(each).decode() for each in (sps, pps))
    return "\r\n".join(
        [
            "v=0",
            f"o=- 1 1 IN IP4 {host}",
            f"s={title}",
            f"c=IN IP4 {host}",
            "t=0 0",
            "a=range:npt=now-",
            f"m=video 0 RTP/AVP {PAYLOAD_TYPE}",
            f"a=rtpmap:{PAYLOAD_TYPE} H264/{CLOCK_HZ}",
            f"a=fmtp:{PAYLOAD_TYPE} packetization-mode=1;profile-level-id={sps[1:4].hex().upper()};"
            f"sprop-parameter-sets={sets}",
            f"a=framerate:{fps}",
            "a=control:trackID=0",
            "",
        ]
    ).encode()
