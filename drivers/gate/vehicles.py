"""The gate's side of its plate camera; without one, nothing happens here."""

from collections.abc import Awaitable, Callable, Iterable

from contract.errors import HemeiError
from contract.messages import Scalar
from drivers.gate.scene import scene
from drivers.gate.state import GateState
from drivers.gate.watch import OPERATED_MANUALLY, Watch
from drivers.plates.gatehouse import Barrier, Gatehouse, gatehouse_of
from drivers.plates.rules import LaneOptions
from drivers.runtime.interface import Happening, Port


class Vehicles:
    """The vehicles at one gate, as far as a plate camera tells of them."""

    def __init__(self, options: LaneOptions | None) -> None:
        self._options = options
        self._gatehouse: Gatehouse | None = None
        self._by_hand = False

    def begin(
        self,
        port: Port,
        *,
        require: Callable[[], None],
        open: Callable[[], Awaitable[None]],
        show: Callable[[], None],
    ) -> None:
        """Begin to listen to the camera. `require` raises if an interlock forbids to open; `open` opens."""
        if self._options is not None:
            barrier = Barrier(may_open=lambda: _allows(require), open=open, show=show, by_camera=False)
            self._gatehouse = gatehouse_of(port, self._options, barrier)

    def look(self, watch: Watch, happenings: Iterable[Happening], *, fire: bool, held: bool) -> None:
        """Take a look at the board, and what has happened by it."""
        if self._gatehouse is None or watch.readings is None:
            return
        moved_by_hand = any(each.type == OPERATED_MANUALLY for each in happenings)
        self._by_hand = (self._by_hand or moved_by_hand) and watch.state is not GateState.CLOSED
        seen = scene(watch.readings, watch.state, fire=fire, held=held, by_hand=self._by_hand)
        self._gatehouse.look(seen)

    def lost(self) -> None:
        """Take that the board does not answer."""
        if self._gatehouse is not None:
            self._gatehouse.lost()

    def commanded(self) -> None:
        """Take that somebody opens by command."""
        if self._gatehouse is not None:
            self._gatehouse.commanded()

    def properties(self) -> dict[str, Scalar]:
        """Return what a gate with a plate camera shows beside its board."""
        if self._options is None:
            return {}
        if self._gatehouse is None:
            return dict.fromkeys(("plate-camera", "waiting", "list", "vehicles-listed"))
        state = self._gatehouse.state
        return {"plate-camera": state and state.value, **self._gatehouse.properties()}


def _allows(require: Callable[[], None]) -> bool:
    try:
        require()
    except HemeiError:
        return False
    return True
