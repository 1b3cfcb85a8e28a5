"""What a DNY post does with each command of its server, and what it answers."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from simulators.charger.dny import orders
from simulators.charger.dny.codes import Answer, Command
from simulators.charger.dny.frames import Frame
from simulators.charger.dny.orders import ENERGY_UNIT
from simulators.charger.dny.words import ANY_PORT, Change, Charge, answer_to_charge
from simulators.charger.outlet import Outlet, Trip, Why

if TYPE_CHECKING:
    from simulators.charger.dny.posts import DnyPost

DONE: Final = b"\0"
WRONG: Final = b"\1"
MOST_POST_W: Final = 4500.0
"""What all sockets of a post may give together; its own wiring, not the site's supply."""


def answer(post: "DnyPost", frame: Frame) -> bytes | None:
    """Do what is wanted and return the answer's data; None where nothing is answered."""
    do = _COMMANDS.get(frame.command)
    try:
        return None if do is None else do(post, frame)
    except ValueError:
        return WRONG


def _poll(post: "DnyPost", frame: Frame) -> None:
    del frame
    post.show_itself()


def _charge(post: "DnyPost", frame: Frame) -> bytes:
    if post.last_order is not None and post.last_order[0] == frame:
        return post.last_order[1]
    order = Charge.decode(frame.data)
    port = order.port
    waiting = [outlet.number - 1 for outlet in post.outlets.values() if _waits(outlet)]
    if port == ANY_PORT and len(waiting) > 1:
        bits = sum(1 << each for each in waiting)
        said = answer_to_charge(Answer.SEVERAL_WAIT, order.order, port, bits)
    else:
        port = waiting[0] if port == ANY_PORT and waiting else port
        said = answer_to_charge(_start_or_stop(post, order, port), order.order, port)
    post.last_order = frame, said
    return said


def _waits(outlet: Outlet) -> bool:
    return outlet.connector.plugged and outlet.charge is None


def _start_or_stop(post: "DnyPost", order: Charge, port: int) -> Answer:
    outlet = post.outlets.get(port + 1)
    if port == ANY_PORT:
        return Answer.NOT_PLUGGED
    if port >= post.ports:
        return Answer.NO_SUCH_PORT
    if outlet is None:  # there, but nobody has ever plugged anything in
        return Answer.NOT_PLUGGED if order.start else Answer.SAME_STATE
    return _start(post, order, outlet) if order.start else _stop(post, order, outlet)


def _start(post: "DnyPost", order: Charge, outlet: Outlet) -> Answer:
    refusal = _refusal(post, outlet)
    if refusal is not Answer.DONE:
        outlet.refused += 1
        return refusal
    running, seconds, energy = orders.begin(order, post.limits)
    name = order.order.decode("ascii") if order.order.isdigit() else order.order.hex()
    charge = post.begin(outlet, name, name)
    charge.seconds, charge.energy = seconds, energy
    post.running[outlet.number] = running
    return Answer.DONE


def _refusal(post: "DnyPost", outlet: Outlet) -> Answer:
    power = sum(each.connector.power for each in post.outlets.values())
    checks = (
        (outlet.charge is not None, Answer.SAME_STATE),
        (post.smoke, Answer.SMOKE),
        (outlet.trip is not Trip.NONE, Answer.FAULTY),
        (post.refuses or post.heat or post.flood, Answer.RELAY),
        (not outlet.connector.plugged, Answer.NOT_PLUGGED),
        (power > MOST_POST_W, Answer.OVER_POWER),
    )
    return next((refusal for wrong, refusal in checks if wrong), Answer.DONE)


def _stop(post: "DnyPost", order: Charge, outlet: Outlet) -> Answer:
    """Only under the order that runs (§4.2); what is said to another is not documented."""
    running = post.running.get(outlet.number)
    if running is None or running.order != order.order:
        return Answer.SAME_STATE
    if post.refuses:
        return Answer.RELAY
    post.end(outlet, Why.REMOTE)
    return Answer.DONE


def _change(post: "DnyPost", frame: Frame) -> bytes:
    change = Change.decode(frame.data)
    outlet = post.outlets.get(change.port + 1)
    if outlet is None or outlet.charge is None:
        return WRONG
    if change.mode not in (0, 1, 2):
        return b"\3"
    charge, running = outlet.charge, post.running[outlet.number]
    by_energy = change.mode == 2
    running.until_full = change.mode > 0
    running.seconds_are_most = by_energy
    charge.energy = change.amount * ENERGY_UNIT if by_energy else None
    charge.seconds = None if by_energy else float(change.amount)
    return DONE


def _limit(post: "DnyPost", frame: Frame) -> bytes:
    if len(frame.data) < 4:
        return WRONG
    post.limits.longest = int.from_bytes(frame.data[:2], "little")
    post.limits.overload = int.from_bytes(frame.data[2:4], "little") / 10
    return DONE


def _parameters(post: "DnyPost", frame: Frame) -> bytes:
    seconds = int.from_bytes(frame.data[9:11], "little")
    if not seconds:
        return WRONG
    post.heartbeat_s = float(seconds)
    return DONE


def _reset(post: "DnyPost", frame: Frame) -> bytes:
    del frame
    for outlet in post.outlets.values():
        post.end(outlet, Why.HARD_RESET)
    return DONE


def _show_code(post: "DnyPost", frame: Frame) -> bytes:
    del post  # it has no screen
    return DONE if len(frame.data) == 76 and frame.data.endswith(b"\0") else WRONG


_COMMANDS: dict[int, Callable[["DnyPost", Frame], bytes | None]] = {
    Command.POLL: _poll,
    Command.CHARGE: _charge,
    Command.CHANGE: _change,
    Command.LIMITS: _limit,
    Command.PARAMETERS: _parameters,
    Command.RESET: _reset,
    Command.CODE: _show_code,
}
