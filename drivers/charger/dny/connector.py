"""How a connector asks its DNY post for something."""

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from contract.errors import DeviceError, InvalidMessage
from drivers.charger.dny import orders, units
from drivers.charger.dny.orders import BY_THE_BOOK, Answer, Order
from drivers.charger.dny.transactions import order_of
from drivers.charger.link import Limits
from drivers.charger.tcp.attached import Bounded
from drivers.charger.tcp.line import Line

if TYPE_CHECKING:
    from drivers.charger.dny.post import DnyPost

DONE: Final = 0


class DnyLink(Bounded):
    """A port of a post while it is on one line."""

    def __init__(self, post: "DnyPost", line: Line, port: int) -> None:
        super().__init__(post, line)
        self._post = post
        self._port = port

    async def start(self, order: str, limits: Limits) -> None:
        """Ask for a charge that the post itself ends at its limits, or when the battery is full."""
        self._still()
        wanted = Order.to_start(self._port, units.order_bytes(order), limits)
        answer = await self._order(wanted, wanted.encode() + BY_THE_BOOK)
        if answer.code in orders.CHARGES_NONETHELESS:
            with suppress(DeviceError):  # the refusal is what counts
                await self._end(wanted.order)
        if answer.code != DONE:
            raise _refused(answer)

    async def stop(self, transaction: str, order: str | None) -> None:
        """Ask the post to end a charge: only the order that runs ends it (§4.2).

        Settlements come a minute apart (§3.3), so how the port is now is asked for as well.
        """
        self._still()
        running = units.order_bytes(order) if order else order_of(transaction)
        if running is None:
            raise DeviceError(f"{transaction} has no order that could be ended", code="not-supported")
        answer = await self._end(running)
        if answer.code != DONE:
            raise _refused(answer)
        await self._post.commands.poll()

    async def reset(self) -> None:
        """Ask the post to start anew."""
        self._still()
        self._post.restarting = True
        if await self._post.commands.reset() is None:
            raise _silent()

    async def refresh(self) -> None:
        """Ask for a registration and a heartbeat."""
        self._still()
        await self._post.commands.poll()

    async def _end(self, order: bytes) -> Answer:
        wanted = Order(port=self._port, start=False, order=order)
        return await self._order(wanted, wanted.encode())

    async def _order(self, wanted: Order, data: bytes) -> Answer:
        said = await self._post.commands.order(wanted, data)
        if said is None:
            raise _silent()
        try:
            return Answer.decode(said)
        except InvalidMessage as nonsense:
            raise DeviceError(str(nonsense), code="bad-protocol") from None


def _silent() -> DeviceError:
    return DeviceError("the post does not answer", code="no-answer")


def _refused(answer: Answer) -> DeviceError:
    return DeviceError(orders.refusal(answer.code), code="refused-by-post")
