"""The demo's management office: writes who lives here into the hub's register, through its API as staff do.

What the register has already stays as it is, so that a second start changes nothing that people changed.
Keys of those who have agreed to face recognition go into a file: they come to the terminals and enrol.
"""

import asyncio
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from hemei.demo.belongings import card_numbers
from hemei.demo.desk import Desk
from hemei.demo.sample import Person, Sample, Visitor, sample
from hemei.private_files import write_private

PAGE: Final = 200
VISIT_MINUTES: Final = 12 * 60
TEXT_VERSION: Final = "2026-1"
CONSENTS: Final = "consents.txt"
"""In the demo's folder: keys of those who have agreed to face recognition."""


class Office:
    """Asks the hub at `host` and `port` with a supervisor's token. OSError, ValueError where that fails."""

    def __init__(self, host: str, port: int, token: str) -> None:
        self._desk = Desk(host, port, token)

    async def settle(self, consents_file: Path) -> None:
        """Write everybody into the register who is not there yet."""
        await asyncio.to_thread(self._settle, sample(), consents_file)

    def _settle(self, who: Sample, consents_file: Path) -> None:
        with self._desk:
            keys = self._people(who)
            self._vehicles(who, keys)
            self._visitors(who.visitors)
            consented = self._all("people", face="consented")
        write_private(consents_file, "".join(f"{each['key']}\n" for each in consented))

    def _people(self, who: Sample) -> list[str]:
        """Return the keys of all people, in their order."""
        known = {each["name"]: each for each in self._all("people", state="all")}
        rooms = self._rooms(who) if len(known) < len(who.people) else {}
        cards = card_numbers()
        return [
            known[each.name]["key"] if each.name in known else self._move_in(each, rooms, cards[each.card])
            for each in who.people
        ]

    def _rooms(self, who: Sample) -> dict[tuple[str, str, str], str]:
        known = {
            (each["building"], each["unit"], each["number"]): each["id"] for each in self._all("households")
        }
        for room in who.rooms:
            if room not in known:
                building, unit, number = room
                body = {"building": building, "unit": unit, "number": number}
                known[room] = self._desk.ask("POST", "register/households", body)["id"]
        return known

    def _move_in(self, who: Person, rooms: dict[tuple[str, str, str], str], card: str) -> str:
        household = None if who.room is None else rooms[who.room]
        body = {"name": who.name, "category": who.category, "household": household, "cards": [card]}
        made = self._desk.ask("POST", "register/people", body)
        if who.consents:
            consent = {
                "version": made["version"],
                "given": True,
                "how": "paper",
                "text_version": TEXT_VERSION,
            }
            self._desk.ask("POST", f"register/people/{made['key']}/consent", consent)
        return str(made["key"])

    def _vehicles(self, who: Sample, keys: list[str]) -> None:
        known = {each["plate"] for each in self._all("vehicles", state="all")}
        for each in who.vehicles:
            if each.plate not in known:
                body = {"plate": each.plate, "category": each.category, "person": keys[each.owner]}
                self._desk.ask("POST", "register/vehicles", body)
        plate, reason = who.blocked
        if plate not in known:
            self._desk.ask("POST", "register/blocked-plates", {"plate": plate, "reason": reason})

    def _visitors(self, visitors: list[Visitor]) -> None:
        """Let the demo's visitors in for some hours, unless they are let in already."""
        live = self._desk.ask("GET", "visits?state=live&limit=200")["visits"]
        known = {each["plate"] for each in live}
        for each in visitors:
            if each.plate not in known:
                body = {
                    "plate": each.plate,
                    "visitor": each.name,
                    "minutes": VISIT_MINUTES,
                    "room": "-".join(each.room),
                }
                self._desk.ask("POST", "visits", body)

    def _all(self, what: str, **wanted: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after: int | None = 0
        while after is not None:
            query = urlencode({**wanted, "limit": PAGE, "after": after})
            page = self._desk.ask("GET", f"register/{what}?{query}")
            found += page[what]
            after = page["next"]
        return found
