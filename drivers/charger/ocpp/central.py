"""What both versions say alike, taken in and answered."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from contract.clock import rfc3339
from drivers.charger.ocpp.asking import Known
from drivers.charger.ocpp.frames import Payload
from drivers.charger.ocpp.rpc import Reply
from drivers.charger.ocpp.session import BOOT, Dialect, Handler, Session, read

FAILED: Final = ("Fail", "InvalidSignature", "Revoked")
"""What the words for failures of firmware, logs and uploads have in them."""


class Progress(Struct, frozen=True, kw_only=True):
    """FirmwareStatusNotification, LogStatusNotification and their like: how far something is."""

    status: str


class SecurityEvent(Struct, frozen=True, kw_only=True):
    """SecurityEventNotification (2.0.1 A04; white paper on 1.6 security §4.4)."""

    type: str


class Central(Dialect):
    """The central system to one post, in either version."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.post = session.post
        self.known = Known()

    @property
    def handlers(self) -> Mapping[str, Handler]:
        """What is done with requests that both versions have."""
        return {
            BOOT: self._boot,
            "Authorize": self._authorize,
            "StatusNotification": self._status,
            "MeterValues": self._meter_values,
            "Heartbeat": self._heartbeat,
            "DataTransfer": self._data_transfer,
            "FirmwareStatusNotification": self._progress,
            "LogStatusNotification": self._progress,
            "SecurityEventNotification": self._security_event,
        }

    async def set_up(self) -> None:
        """Learn what the post can do, and tell it what to report."""
        try:
            await self.learn()
            if not self.post.product:
                await self.session.ask_for_boot()
        finally:
            self.known.told.set()

    @abstractmethod
    async def learn(self) -> None:
        """Learn what the post can do, tell it what to report, have it say how it is."""

    @abstractmethod
    def product(self, payload: Payload) -> str:
        """Return what the post says it is: maker, model, firmware."""

    @abstractmethod
    async def _authorize(self, payload: Payload) -> Reply: ...

    @abstractmethod
    async def _status(self, payload: Payload) -> Reply: ...

    @abstractmethod
    async def _meter_values(self, payload: Payload) -> Reply: ...

    def admits(self, token: str) -> bool:
        """Whether a charge under this id may begin at any connector now."""
        return any(ear.admits(token) for ear in self.post.ears())

    async def _boot(self, payload: Payload) -> Reply:
        """Accept a post that has started, or was asked what it is."""
        product = self.product(payload)
        answer = {
            "status": "Accepted",
            "currentTime": rfc3339(self.post.clock.now()),
            "interval": self.post.heartbeat_s,
        }
        return Reply(answer, lambda: self.session.booted(product))

    async def _heartbeat(self, _: Payload) -> Reply:
        return Reply({"currentTime": rfc3339(self.post.clock.now())})

    async def _data_transfer(self, _: Payload) -> Reply:
        return Reply({"status": "UnknownVendorId"})

    async def _progress(self, payload: Payload) -> Reply:
        status = read(Progress, payload).status
        if any(word in status for word in FAILED):
            await self.post.warn(status)
        return Reply({})

    async def _security_event(self, payload: Payload) -> Reply:
        await self.post.warn(read(SecurityEvent, payload).type)
        return Reply({})
