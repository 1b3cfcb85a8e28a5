"""What a 云快充 pile does with each wish of its platform, and what it answers."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

from simulators.charger.outlet import Outlet, Why
from simulators.charger.ykc.codes import Kind, StartRefusal, StopRefusal
from simulators.charger.ykc.frames import Frame
from simulators.charger.ykc.orders import Running
from simulators.charger.ykc.tariff import Bill, Tariff
from simulators.charger.ykc.words import Start, bcd, cp56, digits, fitting, read_cp56

if TYPE_CHECKING:
    from simulators.charger.ykc.posts import YkcPost

DONE: Final = b"\1"
WRONG: Final = b"\0"
LEAST_PERCENT: Final = 30


class Said(NamedTuple):
    """What a pile answers."""

    kind: Kind
    body: bytes


def answer(post: "YkcPost", frame: Frame) -> Said | None:
    """Do what is wanted and return the answer; None where there is none."""
    do = _WISHES.get(frame.kind)
    try:
        return None if do is None else do(post, frame.body)
    except ValueError:
        return None  # a pile says nothing to what it cannot read


def _read(post: "YkcPost", body: bytes) -> None:
    outlet = post.outlets.get(_gun(body))
    if outlet is not None:
        post.show(outlet)


def _start(post: "YkcPost", body: bytes) -> Said:
    start = Start.decode(body)
    outlet = post.outlets.get(start.gun)
    refusal = StartRefusal.OTHER_PILE
    if start.pile == post.wire.post and outlet is not None:
        refusal = _begin(post, outlet, start)
    where = bcd(start.order, 16) + bcd(start.pile, 7) + bcd(str(start.gun), 1)
    return Said(Kind.STARTED, where + bytes([refusal is StartRefusal.NONE, refusal]))


def _begin(post: "YkcPost", outlet: Outlet, start: Start) -> StartRefusal:
    refusal = _refusal(post, outlet)
    if refusal is not StartRefusal.NONE:
        outlet.refused += 1
        return refusal
    post.begin(outlet, start.order, start.order)
    outlet.connector.limit = post.most_power(outlet)
    bill = Bill(post.tariff)
    counted_wh = outlet.connector.meter_wh
    post.running[outlet.number] = Running(
        order=start.order, balance=start.balance, bill=bill, counted_wh=counted_wh
    )
    return refusal


def _refusal(post: "YkcPost", outlet: Outlet) -> StartRefusal:
    if outlet.charge is not None:
        return StartRefusal.BUSY
    if not post.in_service:
        return StartRefusal.OFFLINE
    if not post.allows(outlet):
        return StartRefusal.FAULTY
    return StartRefusal.NONE if outlet.connector.plugged else StartRefusal.NOT_PLUGGED


def _stop(post: "YkcPost", body: bytes) -> Said:
    outlet = post.outlets.get(_gun(body))
    refusal = StopRefusal.NONE
    if outlet is None or digits(body[:7]) != post.wire.post:
        refusal = StopRefusal.OTHER_PILE
    elif outlet.charge is None:
        refusal = StopRefusal.NOT_CHARGING
    elif post.refuses:
        refusal = StopRefusal.OTHER
    else:
        post.end(outlet, Why.REMOTE)
    return Said(Kind.STOPPED, body[:8] + bytes([refusal is StopRefusal.NONE, refusal]))


def _set_parameters(post: "YkcPost", body: bytes) -> Said:
    """Take out of service or back, and limit the power (§9.1)."""
    fitting(body, 9)
    forbidden, percent = body[7], body[8]
    right = forbidden in (0, 1) and LEAST_PERCENT <= percent <= 100
    if right:
        post.in_service = forbidden == 0
        post.percent = percent
        for outlet in post.outlets.values():
            outlet.connector.limit = post.most_power(outlet) if outlet.charge else None
            post.show(outlet)
    return Said(Kind.PARAMETERS_DONE, body[:7] + (DONE if right else WRONG))


def _set_time(post: "YkcPost", body: bytes) -> Said:
    read_cp56(fitting(body, 14)[7:])  # its clock is right already
    return Said(Kind.TIME_DONE, body[:7] + cp56(post.clock.now_s()))


def _set_tariff(post: "YkcPost", body: bytes) -> Said:
    post.tariff = Tariff.decode(body[7:])
    return Said(Kind.TARIFF_DONE, body[:7] + DONE)


def _restart(post: "YkcPost", body: bytes) -> Said:
    for outlet in post.outlets.values():
        post.end(outlet, Why.SOFT_RESET)
    return Said(Kind.RESTART_DONE, fitting(body, 7) + DONE)


def _gun(body: bytes) -> int:
    return int(digits(fitting(body, 8)[7:]))


_WISHES: dict[int, Callable[["YkcPost", bytes], Said | None]] = {
    Kind.READ: _read,
    Kind.START: _start,
    Kind.STOP: _stop,
    Kind.PARAMETERS: _set_parameters,
    Kind.TIME: _set_time,
    Kind.TARIFF_SET: _set_tariff,
    Kind.RESTART: _restart,
}
