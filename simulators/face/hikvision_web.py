"""A Hikvision face terminal's web side: its people, its records and its door, all behind Digest.

Who listens to `alertStream` hears events as they happen; what nobody heard comes first to the next listener,
`currentEvent` false, as far as it is not too much, and is in `AcsEvent` in any case.
"""

import re
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import web

from simulators.camera.digest import Account
from simulators.face.hikvision import EVENT, MINOR, alert, row
from simulators.face.hikvision_people import ACCESS, Answer, Handler, PeopleAnswers, no, page_of
from simulators.face.picture import face_jpeg
from simulators.face.record import Record
from simulators.face.terminal import Terminal
from simulators.isapi import AlertStream, IsapiServer, part, status_xml
from simulators.wire import TcpWire

MOST_UNHEARD = 50
_ORDERS: dict[str, Callable[[Terminal], None]] = {
    "open": Terminal.open,
    "close": Terminal.shut,
    "alwaysOpen": lambda terminal: setattr(terminal, "held_open", True),
}


class HikvisionTerminal:
    """One terminal's web side. `door` is the number of its only door."""

    def __init__(
        self, wire: TcpWire, serial: str, *, account: Account | None, terminal: Terminal, door: int = 1
    ) -> None:
        self.commands = 0
        self._terminal, self._door = terminal, door
        self._people = PeopleAnswers(terminal)
        self._unheard: deque[Record] = deque(maxlen=MOST_UNHEARD)
        self.server = IsapiServer(wire, account, serial, self._routes())
        self._stream = self.server.stream = AlertStream(terminal.now_s)
        self._stream.came = self._say_unheard

    @property
    def untold(self) -> int:
        """How many records nobody has heard, of those that it would say by itself."""
        return len(self._unheard)

    async def open(self) -> str:
        """Listen; return where."""
        await self.server.open()
        return str(self.server.wire)

    async def close(self) -> None:
        """Stop listening."""
        await self.server.close()

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        condition = self._terminal.condition
        self.server.delay_s = condition.slow_s if condition.slow else 0.0
        self._people.step(dt_s)
        self._stream.step(dt_s)

    def tell(self, record: Record) -> None:
        """Tell a record to whoever listens."""
        if self._stream.heard:
            self._say(record, current=True)
        else:
            self._unheard.append(record)

    def cut(self) -> None:
        """Lose the network, or the power."""
        self.server.cut()

    def mend(self) -> None:
        """Have both again."""
        self.server.mend()

    def _say_unheard(self) -> None:
        while self._unheard:
            self._say(self._unheard.popleft(), current=False)

    def _say(self, record: Record, *, current: bool) -> None:
        said = part("application/json", alert(record, door=self._door, current=current), "event_log")
        pictures = [part("image/jpeg", face_jpeg(), "Picture")] if record.by_face else []
        self._stream.send(said, *pictures)

    def _routes(self) -> list[web.RouteDef]:
        asked = self._asked
        return [
            *self._people.routes(asked),
            web.post(f"{ACCESS}/AcsEvent", asked(self._events)),
            web.get(f"{ACCESS}/AcsWorkStatus", asked(self._work)),
            web.put(f"{ACCESS}/RemoteControl/door/{self._door}", self._order),
        ]

    def _asked(self, answer: Answer) -> Handler:
        """Read the JSON that came, and refuse what makes no sense."""

        async def handle(request: web.Request) -> web.StreamResponse:
            self.commands += 1
            try:
                return await answer(await request.json() if request.can_read_body else {})
            except (ValueError, KeyError, TypeError, AttributeError):
                return no("badJsonContent", code=6, text="Invalid Content")

        return handle

    async def _events(self, said: Any) -> web.Response:
        cond = said["AcsEventCond"]
        minors = {minor for minor in (cond.get("minor"),) if minor}
        found = [
            each
            for each in self._terminal.log.since(cond.get("beginSerialNo", 0))
            if each.number <= cond.get("endSerialNo", each.number)
            and cond["major"] in (0, EVENT)
            and (not minors or MINOR[each.kind] in minors)
        ]
        page, about = page_of(found, cond)
        about |= {"InfoList": [row(each, door=self._door) for each in page]} if page else {}
        return web.json_response({"AcsEvent": about})

    async def _work(self, _said: Any) -> web.Response:
        terminal = self._terminal
        work = {
            "doorLockStatus": [int(terminal.strike.unlocked)],
            "doorStatus": [2 if terminal.held_open else 4],
            "magneticStatus": [int(terminal.contact.open)],
        }
        return web.json_response({"AcsWorkStatus": work})

    async def _order(self, request: web.Request) -> web.StreamResponse:
        self.commands += 1
        found = re.search(r"<cmd>\s*(\w+)\s*</cmd>", (await request.read()).decode(errors="replace"))
        order = _ORDERS.get(found[1]) if found else None
        if order is None:
            return status_xml(6, "Invalid Content", "badXmlContent")
        order(self._terminal)
        return status_xml()
