"""Hikvision's event channel, as a camera's alerts and their pictures."""

from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing

from contract.clock import Clock
from contract.errors import DeviceError, DeviceUnreachable, InvalidMessage
from drivers.camera.alert import read_alert
from drivers.camera.channel import endless
from drivers.camera.happenings import Happenings, VendorEvent
from drivers.isapi.alertstream import parts
from drivers.isapi.answer import Rejected
from drivers.isapi.client import IsapiClient
from drivers.isapi.document import read_document
from drivers.isapi.parts import Part
from drivers.runtime.credentials import Credentials, CredentialsRefused


def events(
    url: str,
    credentials: Credentials | None,
    clock: Clock,
    *,
    malformed: Callable[[str], None],
    lost: Callable[[DeviceError], None],
) -> AsyncGenerator[VendorEvent, None]:
    """Give what the camera at `url` (http://HOST[:PORT]) reports, for ever; `lost` hears why it paused."""
    client = IsapiClient(url, credentials, clock)
    return endless(lambda: session(client, malformed=malformed), clock, lost)


async def session(
    client: IsapiClient, *, malformed: Callable[[str], None]
) -> AsyncGenerator[VendorEvent, None]:
    """Give what is reported over one connection; DeviceError when it ends."""
    happenings, clock = Happenings(), client.clock
    try:
        async with aclosing(parts(client, malformed)) as said:
            async for part in said:
                heard = _heard(part, happenings, clock, malformed) if part else ()
                for event in (*heard, *happenings.due(clock.monotonic())):
                    yield event
    except DeviceUnreachable:
        for event in happenings.rest():
            yield event
        raise
    except Rejected as error:
        if error.status != 403:
            raise
        raise CredentialsRefused("the event channel does not let this account in") from None


def _heard(
    part: Part, happenings: Happenings, clock: Clock, malformed: Callable[[str], None]
) -> Iterator[VendorEvent]:
    if part.kind.startswith("image/"):
        happenings.picture(part.body)
    elif part.body.strip():
        try:
            alert = read_alert(read_document(part.body))
        except InvalidMessage as error:
            malformed(f"event channel: {error}")
        else:
            yield from happenings.alert(alert, clock.monotonic(), clock.now())
