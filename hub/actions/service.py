"""Asks devices to act, once and in time, and waits for the outcome that they themselves show.

An action is sent once. It expires; nobody sends it again. What is not heard of by its deadline ends as
`expired` if no driver took it, and as `failed` with code `outcome-unknown` if one did.
"""

import asyncio
import logging
import secrets
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from contract.clock import Clock, from_epoch_ms
from contract.codec import encode
from contract.errors import InvalidMessage, LinkError, Refused
from contract.messages import Action, Problem, Result
from contract.mqtt import Connection
from contract.things import ActionSeen, SchemaSeen
from contract.topics import Address, Channel
from hub.actions.asks import EXPIRES_S
from hub.actions.records import ActionRecord, ActionTable, Status, status_of
from hub.counters import Counters
from hub.shadows.registry import Shadows

logger = logging.getLogger(__name__)

MAX_EXPIRY_S: Final = 60.0
GRACE_S: Final = 1.0
"""How long after its expiry or timeout an outcome may still be on its way."""

MAX_REMEMBERED: Final = 10_000

T = TypeVar("T")

_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}


class Actions:
    """All actions under way. Lives on the hub's event loop; writes in the ledger's thread."""

    def __init__(
        self,
        table: ActionTable,
        thread: Executor,
        shadows: Shadows,
        clock: Clock,
        counters: Counters,
    ) -> None:
        self._table = table
        self._thread = thread
        self._shadows = shadows
        self._clock = clock
        self._counters = counters
        self._link: Connection | None = None
        self._records: dict[str, ActionRecord] = {}
        self._changed: dict[str, asyncio.Event] = {}
        self._deadlines: dict[str, asyncio.TimerHandle] = {}
        self._writes: set[asyncio.Task[None]] = set()

    def set_link(self, link: Connection | None) -> None:
        """Say over which connection to send, None while there is none."""
        self._link = link

    async def resume(self) -> None:
        """Take up what had no outcome when the hub stopped; nothing is sent again."""
        for record in await self._in_thread(self._table.unfinished):
            self._watch(record)

    async def request(
        self,
        address: Address,
        name: str,
        given: dict[str, Any],
        *,
        issuer: str,
        reason: str,
        expires_in_s: float = EXPIRES_S,
        ident: str | None = None,
    ) -> ActionRecord:
        """Ask a device to act. InvalidMessage: no such device or action, or wrong input.

        Refused: there is no link to the broker, so that nothing can be sent. `ident`: the action's id, for
        who wrote it down before; it must never have been used.
        """
        spec = self._spec(address, name)
        check_input(spec, given)
        if self._link is None:
            raise Refused("there is no link to the broker; nothing was sent", code="link-offline")
        now_ms = self._clock.now_ms()
        shadow = self._shadows.get(address)
        record = ActionRecord(
            id=ident or secrets.token_hex(16),
            tenant=shadow.tenant if shadow else "default",
            **address._asdict(),
            action=name,
            input=given,
            issuer=issuer,
            reason=reason,
            requested_ms=now_ms,
            expires_ms=now_ms + round(min(expires_in_s, MAX_EXPIRY_S) * 1000),
            timeout_s=spec.timeout_s,
        )
        await self._in_thread(self._table.add, record)
        self._watch(record)
        await self._send(record)
        return self._records.get(record.id, record)

    async def outcome(self, ident: str, wait_s: float = 0.0) -> ActionRecord | None:
        """Return an action as soon as it has an outcome, or as it stands after `wait_s`; None if unknown."""
        if ident not in self._records:
            return await self._in_thread(self._table.get, ident)
        try:
            async with asyncio.timeout(wait_s):
                while not self._records[ident].final:
                    await self._changed[ident].wait()
        except TimeoutError:
            pass
        return self._records[ident]

    async def newest(self, address: Address, limit: int) -> list[ActionRecord]:
        """Return what a device was last asked to do, the newest first."""
        found = await self._in_thread(self._table.newest, address, limit)
        return [self._records.get(each.id, each) for each in found]

    async def forget(self, name: str, before_ms: int) -> int:
        """Delete from the ledger what of this name ended earlier; return how many."""
        return await self._in_thread(self._table.forget, name, before_ms)

    def known(self, ident: str) -> ActionRecord | None:
        """Return an action of this run of the hub as it stands."""
        return self._records.get(ident)

    def on_result(self, address: Address, result: Result) -> None:
        """Take what a driver says became of an action."""
        record = self._records.get(result.id)
        if record is None or record.address != address:
            self._counters.late_results += 1
            return
        if record.final and not _is_guess(record):
            self._counters.late_results += 1
            return
        self._change(record, status_of(result.status), result.error)

    async def kept(self) -> None:
        """Wait until what was heard so far is in the ledger; only then may the broker forget it."""
        await asyncio.gather(*self._writes, return_exceptions=True)

    def _spec(self, address: Address, name: str) -> ActionSeen:
        shadow = self._shadows.get(address)
        if shadow is None:
            raise InvalidMessage(f"there is no device {address}", code="unknown-device")
        known = shadow.description.actions if shadow.description else {}
        if name not in known:
            allowed = ", ".join(known) or "none"
            raise InvalidMessage(
                f"{address} has no action {name!r}; it has: {allowed}", code="unknown-action"
            )
        return known[name]

    async def _send(self, record: ActionRecord) -> None:
        link = self._link
        message = Action(
            id=record.id,
            action=record.action,
            input=record.input,
            issuer=record.issuer,
            expires=from_epoch_ms(record.expires_ms),
        )
        remaining_ms = record.expires_ms - self._clock.now_ms()
        if link is None or remaining_ms <= 0:
            self._change(record, "expired", Problem(code="expired", message="not sent in time"))
            return
        try:
            await link.publish(
                record.address.topic(Channel.ACTION),
                encode(message),
                expiry_s=max(1, round(remaining_ms / 1000)),
                response_topic=record.address.topic(Channel.RESULT),
                correlation=record.id.encode(),
            )
        except LinkError as lost:
            # It may have reached the driver all the same; the deadline or a result decides.
            logger.warning("action %s of %s may not have been sent: %s", record.id, record.address, lost)

    def _watch(self, record: ActionRecord) -> None:
        self._forget_oldest()
        self._records[record.id] = record
        self._changed[record.id] = asyncio.Event()
        self._set_deadline(record)

    def _set_deadline(self, record: ActionRecord) -> None:
        """Until it is taken, an action has until its expiry; after that as long as the device may take."""
        remaining_s = max(0.0, (record.expires_ms - self._clock.now_ms()) / 1000) + GRACE_S
        if record.status == "accepted":
            remaining_s += record.timeout_s
        loop = asyncio.get_running_loop()
        self._cancel_deadline(record.id)
        self._deadlines[record.id] = loop.call_later(remaining_s, self._on_deadline, record.id)

    def _cancel_deadline(self, ident: str) -> None:
        deadline = self._deadlines.pop(ident, None)
        if deadline is not None:
            deadline.cancel()

    def _on_deadline(self, ident: str) -> None:
        record = self._records[ident]
        if record.status == "requested":
            problem = Problem(code="expired", message="no driver took it in time; it will not happen later")
            self._change(record, "expired", problem)
        elif record.status == "accepted":
            problem = Problem(
                code="outcome-unknown",
                message="the driver took it and was not heard of again; look at the device",
            )
            self._change(record, "failed", problem)

    def _change(self, record: ActionRecord, status: Status, error: Problem | None) -> None:
        ended_ms = None if status in ("requested", "accepted") else self._clock.now_ms()
        changed = replace(record, status=status, error=error, ended_ms=ended_ms)
        self._records[record.id] = changed
        task = asyncio.ensure_future(self._in_thread(self._table.change, changed))
        self._writes.add(task)
        task.add_done_callback(self._written)
        if changed.final:
            self._cancel_deadline(record.id)
        else:
            self._set_deadline(changed)
        self._changed[record.id].set()
        self._changed[record.id] = asyncio.Event()

    def _written(self, task: asyncio.Task[None]) -> None:
        self._writes.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._counters.commit_failures += 1
            logger.error("an action's outcome cannot be written: %s", task.exception())

    def _forget_oldest(self) -> None:
        """Keep memory bounded: what is final is in the ledger."""
        while len(self._records) >= MAX_REMEMBERED:
            oldest = next(iter(self._records))
            del self._records[oldest], self._changed[oldest]
            self._cancel_deadline(oldest)

    async def _in_thread(self, call: Callable[..., T], *arguments: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call, *arguments)


def check_input(spec: ActionSeen, given: dict[str, Any]) -> None:
    """Compare an action's input with its description; InvalidMessage names the field."""
    unknown = [name for name in given if name not in spec.input.properties]
    missing = [name for name in spec.input.required if name not in given]
    if unknown or missing:
        expected = ", ".join(spec.input.properties) or "nothing"
        wrong = f"unknown: {', '.join(unknown)}" if unknown else f"missing: {', '.join(missing)}"
        raise InvalidMessage(f"the action takes {expected}; {wrong}", code="bad-input")
    for name, value in given.items():
        _check_value(name, spec.input.properties[name], value)


def _check_value(name: str, schema: SchemaSeen, value: Any) -> None:
    is_boolean = isinstance(value, bool)
    if not isinstance(value, _TYPES[schema.type]) or is_boolean != (schema.type == "boolean"):
        raise InvalidMessage(f"{name} must be {schema.type}", code="bad-input")
    if schema.enum and value not in schema.enum:
        raise InvalidMessage(f"{name} must be one of {', '.join(map(str, schema.enum))}", code="bad-input")
    if isinstance(value, int | float):
        too_low = schema.minimum is not None and value < schema.minimum
        too_high = schema.maximum is not None and value > schema.maximum
        if too_low or too_high:
            limits = f"{schema.minimum}..{schema.maximum}"
            raise InvalidMessage(f"{name} must be within {limits}", code="bad-input")


def _is_guess(record: ActionRecord) -> bool:
    """Whether the hub itself gave up waiting, so that the driver's word is better."""
    return (
        record.error is not None
        and record.error.code in ("outcome-unknown", "expired")
        and (record.status in ("failed", "expired"))
    )
