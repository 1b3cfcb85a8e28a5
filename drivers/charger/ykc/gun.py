"""One gun of a 云快充 pile: what its realtime data mean, and what of it must be remembered for that."""

from contract.errors import InvalidMessage
from drivers.charger.link import Reading, Status
from drivers.charger.words import ConnectorState, Fault
from drivers.charger.ykc import values, words
from drivers.charger.ykc.charging import Realtime


def charge(said: Realtime) -> str | None:
    """Return the order of the charge under way; some piles go on to tell the last one."""
    charging = said.state == words.CHARGING and said.order != values.NO_ORDER
    return said.order if charging else None


class Gun:
    """Remembers what makes the next message news."""

    def __init__(self) -> None:
        self._faulty = False
        self._door: bool | None = None
        self._spent = False
        """Whether its charge is over and the cable still in."""

    def faulty(self, now: bool) -> bool:
        """Take what a heartbeat says; whether it is news."""
        before, self._faulty = self._faulty, now
        return before != now

    def door(self, said: Realtime) -> bool | None:
        """Return whether the pile's door is open if that is news, else None."""
        before, self._door = self._door, bool(said.faults & words.DOOR)
        return None if before == self._door else self._door

    def status(self, said: Realtime) -> Status:
        """Say how the gun is; InvalidMessage if it is in no documented state."""
        state = words.STATES.get(said.state)
        if state is None:
            raise InvalidMessage(f"gun {said.gun} is in unknown state {said.state}")
        plugged = {0: False, 1: True}.get(said.plugged)
        if state is ConnectorState.CHARGING:
            self._spent = True
        elif not plugged:
            self._spent = False
        if state is ConnectorState.AVAILABLE and plugged:
            state = ConnectorState.FINISHING if self._spent else ConnectorState.PREPARING
        fault = words.fault(said.faults) if state is ConnectorState.FAULTED else Fault.NONE
        return Status(state=state, fault=fault, plugged=plugged)


def reading(said: Realtime, *, direct: bool) -> Reading:
    """Put realtime data into a reading; AC piles do not know the battery."""
    transaction = charge(said)
    charging = transaction is not None
    return Reading(
        transaction=transaction,
        power=said.voltage * said.current,
        current=said.current,
        voltage=said.voltage,
        temperature=said.temperature,
        soc=said.soc if charging and direct and 0 < said.soc <= 100 else None,
        energy=said.energy if charging else None,
    )
