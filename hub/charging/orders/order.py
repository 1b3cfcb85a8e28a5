"""A charging order as it is kept."""

from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from contract.topics import Address
from hub.alarms.definition import Words
from hub.charging.orders.lifecycle import CHAIN, OVER, State, Step
from hub.charging.settings import Tariff
from hub.charging.tariff.bill import Line

NOBODY: Final = "none"
"""The provider of what nobody ordered."""


class Named(Struct, frozen=True, kw_only=True):
    """What a connector was called when the order was made; `max_power` in W."""

    title: Words
    area: Words | None = None
    vehicle: str = ""
    max_power: int | None = None


class ChargeOrder(Struct, frozen=True, kw_only=True):
    """One order. Times in ms since 1970, money in fen.

    `request` and `key` are SHA-256 of secrets. `slot`: the connector it occupies. `shown_as`: what the post
    calls its order: the number, or whatever it began by itself with. `assumed`: the hub billed it because the
    post had forgotten it.
    """

    seq: int = 0
    tenant: str
    number: str
    site: str
    kind: str
    device: str
    request: str | None = None
    key: str | None = None
    slot: str | None = None
    state: State = State.REQUESTED
    connector: Named
    tariff: Tariff
    provider: str
    account: str | None = None
    hold_fen: int = 0
    most_wh: int = 0
    longest_s: int = 0
    shown_as: str
    action: str | None = None
    transaction: str | None = None
    requested_ms: int
    began_ms: int | None = None
    stop_ms: int | None = None
    stop_by: str | None = None
    ended_ms: int | None = None
    closed_ms: int | None = None
    seconds: int = 0
    energy_wh: int = 0
    amount_fen: int = 0
    lines: tuple[Line, ...] = ()
    why: str | None = None
    estimated: bool = False
    assumed: bool = False
    problem_code: str | None = None
    problem_detail: str | None = None

    @property
    def address(self) -> Address:
        """The connector."""
        return Address(self.site, self.kind, self.device)

    @property
    def placed(self) -> bool:
        """Whether somebody ordered it from us."""
        return self.request is not None

    @property
    def open(self) -> bool:
        """Whether something is still to come."""
        return self.closed_ms is None

    @property
    def begun(self) -> bool:
        """Whether the post has shown that it charges."""
        return self.began_ms is not None or self.transaction is not None

    @property
    def not_before_ms(self) -> int | None:
        """Before when the charge cannot have begun."""
        return self.requested_ms if self.placed else None

    def after(self, step: Step, now_ms: int) -> "ChargeOrder":
        """Return the order after a step; itself if that changes nothing."""
        if step is Step.FAIL and self.begun:
            return self
        state = CHAIN[self.state][step]
        if state is State.CHARGING and self.stop_by is not None:
            state = State.STOPPING  # it came to life again although it was to end
        if state is self.state:
            return self
        over = state in OVER
        return replace(
            self, state=state, slot=None if over else self.slot, closed_ms=now_ms if over else None
        )


def slot_of(address: Address) -> str:
    """Name the place that an order occupies."""
    return "/".join(address)
