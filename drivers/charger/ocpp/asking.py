"""What the links of both versions have in common: asking, and waiting for what the post can do."""

import asyncio
from typing import Final

from contract.errors import DeviceError
from drivers.charger.link import Adjusts
from drivers.charger.ocpp.frames import Payload
from drivers.charger.ocpp.post import Bay
from drivers.charger.ocpp.profiles import Abilities, Rate, phases, schedule
from drivers.charger.ocpp.rpc import refused
from drivers.charger.ocpp.session import TRIGGER, Session
from drivers.runtime.waiting import changed

ACCEPTED: Final = frozenset({"Accepted"})
SCHEDULED: Final = frozenset({"Accepted", "Scheduled"})
"""Done once the present charge is over."""


class Known:
    """What a post can do, as soon as it has said so."""

    def __init__(self) -> None:
        self.abilities = Abilities()
        self.told = asyncio.Event()

    def take(self, abilities: Abilities) -> None:
        """Take what it can do."""
        self.abilities = abilities
        self.told.set()


class Asking:
    """A connector of a post that is connected; the requests proper are each version's own."""

    def __init__(self, session: Session, connector: int, known: Known) -> None:
        self.session = session
        self.connector = connector
        self._bay: Bay = session.post.bays[connector]
        self._known = known

    @property
    def adjusts(self) -> Adjusts:
        """Whether the post takes charging profiles."""
        return Adjusts.YES if self._known.abilities.adjusts else Adjusts.NO

    async def ask(self, action: str, payload: Payload, fine: frozenset[str] = ACCEPTED) -> None:
        """Ask once; DeviceError if the answer is none of the `fine` ones."""
        answer = await self.session.rpc.call(action, payload, self._bay.options.answer_timeout_s)
        status = answer.get("status")
        if status not in fine:
            why = (answer.get("statusInfo") or {}).get("reasonCode", "")
            raise refused(f"{action} {status} {why}".rstrip())

    async def abilities(self) -> Abilities:
        """Return what the post can do, or is taken to do if it does not say so in time."""
        await changed(self.session.post.clock, self._known.told, self._bay.options.answer_timeout_s)
        return self._known.abilities

    async def schedule(self, power: int, seconds: int | None = None) -> Payload | None:
        """Return the charge's schedule; None if the post would not take it. No `seconds`: as before."""
        post, abilities = self.session.post, await self.abilities()
        if seconds is not None:
            post.seconds[self.connector] = seconds
        if not abilities.adjusts:
            return None
        options = self._bay.options
        rate = Rate(abilities.unit, phases(options.power))
        return schedule(rate, power, post.seconds.get(self.connector, options.longest_s))

    async def changed_schedule(self, power: int) -> Payload:
        """Return the schedule of a charge that lasts; DeviceError if the post would not take it."""
        changed = await self.schedule(power)
        if changed is None:
            raise DeviceError("the post has no smart charging", code="not-supported")
        return changed

    async def trigger(self, what: str, where: Payload, fine: frozenset[str] = ACCEPTED) -> None:
        """Have the post say something now."""
        await self.ask(TRIGGER, {"requestedMessage": what, **where}, fine)


async def tolerant(session: Session, action: str, payload: Payload) -> Payload:
    """Ask; a No is no answer, silence is an error: then it is no use to go on."""
    try:
        return await session.ask(action, payload)
    except DeviceError as failed:
        if failed.code != "refused-by-post":
            raise
        return {}
