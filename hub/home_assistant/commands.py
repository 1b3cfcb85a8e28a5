"""What Home Assistant asks for becomes an ordinary action, in its name; or is refused, and counted.

A command is refused when it is retained, too old or from the future, repeated, not understood, or for what
the site file does not allow. Interlocks are the driver's, as for everybody.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from contract.clock import Clock
from contract.errors import HemeiError, InvalidMessage
from contract.messages import Moment, Word
from contract.mqtt import Incoming
from contract.topics import Address
from hub.actions.asks import EXPIRES_S, Asks
from hub.actions.records import ActionRecord
from hub.home_assistant import topics
from hub.home_assistant.controls import offered
from hub.home_assistant.entities import Subject
from hub.home_assistant.showing import LastCommand

logger = logging.getLogger(__name__)

ISSUER: Final = "home-assistant"
REASON: Final = "Home Assistant"
LATE_S: Final = 10.0
"""How far the moment of a press may be from now; the clocks of both machines must be as near."""

OUTCOME_S: Final = 120.0
MAX_UNDER_WAY: Final = 32


class Command(Struct, frozen=True, kw_only=True):
    """A press in Home Assistant, and when it was."""

    at: Moment
    action: Word
    input: dict[str, Any] = field(default_factory=dict)


class Commands:
    """Takes commands; `on_news` is told of a device whose last command has got further."""

    def __init__(
        self,
        actions: Asks,
        clock: Clock,
        subject_of: Callable[[Address], Subject | None],
        on_news: Callable[[Address], None],
    ) -> None:
        self.taken = 0
        self._actions = actions
        self._clock = clock
        self._subject_of = subject_of
        self._on_news = on_news
        self._last: dict[Address, LastCommand] = {}
        self._pressed: dict[tuple[Address, str], datetime] = {}
        self._under_way: set[asyncio.Task[None]] = set()

    def last(self, address: Address) -> LastCommand | None:
        """Return what became of the last command for a device."""
        return self._last.get(address)

    def removed(self, address: Address) -> None:
        """Forget a device."""
        self._last.pop(address, None)
        for key in [key for key in self._pressed if key[0] == address]:
            del self._pressed[key]

    def take(self, site: str, message: Incoming) -> None:
        """Have a device do what a message says; InvalidMessage: it must not be done."""
        address = topics.device_of(message.topic, site)
        command = read_command(message)
        subject = self._subject_of(address) if address is not None else None
        there = offered(subject) if subject is not None else {}
        if address is None or command.action not in there:
            raise InvalidMessage(
                f"Home Assistant may not ask for {command.action!r} here", code="ha-command-not-allowed"
            )
        self._check_moment(address, command)
        if len(self._under_way) >= MAX_UNDER_WAY:
            raise InvalidMessage(
                f"{MAX_UNDER_WAY} commands are under way already", code="ha-command-too-many"
            )
        self.taken += 1
        self._begin(address, command, there[command.action] | command.input)

    def _check_moment(self, address: Address, command: Command) -> None:
        off_s = (self._clock.now() - command.at).total_seconds()
        if abs(off_s) > LATE_S:
            raise InvalidMessage(
                f"was pressed {off_s:.0f} s ago, by its clock; allowed: {LATE_S:.0f} s",
                code="ha-command-stale",
            )
        before = self._pressed.get((address, command.action))
        if before is not None and command.at <= before:
            raise InvalidMessage("is no newer than the one before", code="ha-command-repeated")
        self._pressed[address, command.action] = command.at

    def _begin(self, address: Address, command: Command, given: dict[str, Any]) -> None:
        task = asyncio.create_task(self._follow(address, command.action, given))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _follow(self, address: Address, action: str, given: dict[str, Any]) -> None:
        """Ask the device, and show how far it gets, until it is known what became of it."""
        try:
            record = await self._actions.request(
                address, action, given, issuer=ISSUER, reason=REASON, expires_in_s=EXPIRES_S
            )
            self._show(address, _progress(record))
            ended = await self._actions.outcome(record.id, OUTCOME_S)
            self._show(address, _progress(ended or record))
        except HemeiError as refused:
            logger.warning("Home Assistant asked %s to %s: %s", address, action, refused)
            self._show(address, LastCommand(action=action, status="refused", error=refused.code))
        except Exception:  # a ledger that cannot be written: whoever pressed must see that nothing happened
            logger.exception("Home Assistant asked %s to %s", address, action)
            self._show(address, LastCommand(action=action, status="failed", error="internal-error"))

    def _show(self, address: Address, news: LastCommand) -> None:
        self._last[address] = news
        self._on_news(address)


def read_command(message: Incoming) -> Command:
    """Read a command; InvalidMessage if it is none, or was kept by the broker."""
    if message.retain:
        raise InvalidMessage("a command must not be retained", code="ha-command-retained")
    try:
        return msgspec.json.decode(message.payload, type=Command)
    except msgspec.DecodeError as wrong:
        raise InvalidMessage(f"is no command: {wrong}", code="ha-command-unreadable") from wrong


def _progress(record: ActionRecord) -> LastCommand:
    error = record.error.code if record.error else None
    return LastCommand(action=record.action, status=record.status, error=error)
