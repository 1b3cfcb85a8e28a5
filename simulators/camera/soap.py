"""SOAP 1.2 as an ONVIF device reads and writes it: calls, faults, and the UsernameToken of WS-Security."""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError
from xml.sax.saxutils import escape

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from simulators.camera.digest import Account

SOAP = "http://www.w3.org/2003/05/soap-envelope"
NAMESPACES = {
    "s": SOAP,
    "tds": "http://www.onvif.org/ver10/device/wsdl",
    "trt": "http://www.onvif.org/ver10/media/wsdl",
    "tev": "http://www.onvif.org/ver10/events/wsdl",
    "tt": "http://www.onvif.org/ver10/schema",
    "tns1": "http://www.onvif.org/ver10/topics",
    "ter": "http://www.onvif.org/ver10/error",
    "wsnt": "http://docs.oasis-open.org/wsn/b-2",
    "wsa": "http://www.w3.org/2005/08/addressing",
    "xs": "http://www.w3.org/2001/XMLSchema",
}
FRESH_S = 300.0
_DURATION = re.compile(r"PT(?:(\d{1,4})H)?(?:(\d{1,5})M)?(?:(\d{1,6})(?:\.\d{1,9})?S)?")


class Malformed(Exception):
    """Bytes that are no SOAP call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A UsernameToken with a password digest (Web Services Security UsernameToken Profile 1.1, §3.1)."""

    user: str
    digest: str
    nonce: str
    created: str

    def proves(self, account: Account, now_s: float) -> bool:
        """Whether it was made with the account's password within five minutes of `now_s`."""
        try:
            nonce = base64.b64decode(self.nonce, validate=True)
            made_s = datetime.fromisoformat(self.created).timestamp()
        except (ValueError, OverflowError, binascii.Error):
            return False
        material = nonce + self.created.encode() + account.password.encode()
        expected = base64.b64encode(hashlib.sha1(material, usedforsecurity=False).digest())
        known = hmac.compare_digest(expected, self.digest.encode())
        return known and self.user == account.user and abs(now_s - made_s) <= FRESH_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What is asked: the operation's local name, its plain arguments by local name, and by whom."""

    operation: str
    arguments: Mapping[str, str]
    token: Token | None


def read(body: bytes) -> Call:
    """Read a call; Malformed where it is none."""
    try:
        envelope = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Malformed(str(error)) from error
    asked = _child(envelope, "Body")
    if _local(envelope) != "Envelope" or asked is None or len(asked) == 0:
        raise Malformed("no SOAP envelope with a body")
    arguments = {_local(each): (each.text or "").strip() for each in asked[0].iter() if len(each) == 0}
    return Call(operation=_local(asked[0]), arguments=arguments, token=_token(envelope))


def _token(envelope: Element) -> Token | None:
    for element in envelope.iter():
        if _local(element) == "UsernameToken":
            given = {_local(each): (each.text or "").strip() for each in element}
            return Token(
                user=given.get("Username", ""),
                digest=given.get("Password", ""),
                nonce=given.get("Nonce", ""),
                created=given.get("Created", ""),
            )
    return None


def _child(parent: Element, name: str) -> Element | None:
    return next((each for each in parent if _local(each) == name), None)


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def seconds(duration: str, otherwise: float) -> float:
    """Read an xs:duration of hours, minutes and seconds; `otherwise` where it is none."""
    found = _DURATION.fullmatch(duration)
    if found is None or not any(found.groups()):
        return otherwise
    hours, minutes, rest = (int(part or 0) for part in found.groups())
    return 3600.0 * hours + 60 * minutes + rest


def envelope(body: str) -> bytes:
    """Put an answer's body into its envelope."""
    names = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<s:Envelope {names}><s:Body>{body}</s:Body></s:Envelope>'
    ).encode()


def fault(subcode: str, reason: str, *, code: str = "Sender") -> bytes:
    """Refuse a call (ONVIF Core Specification §5.8.2)."""
    return envelope(
        f"<s:Fault><s:Code><s:Value>s:{code}</s:Value><s:Subcode><s:Value>ter:{subcode}</s:Value>"
        f'</s:Subcode></s:Code><s:Reason><s:Text xml:lang="en">{escape(reason)}</s:Text></s:Reason></s:Fault>'
    )
