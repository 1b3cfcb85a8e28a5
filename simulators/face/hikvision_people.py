"""What a Hikvision face terminal answers about its people: adding, finding and deleting them, cards, faces.

Deleting goes on after its answer: `DeleteProcess` tells how far it is. A face can be sent to it, or deleted;
no answer holds one.
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from aiohttp import web

from simulators.face.hikvision import person, read_person
from simulators.face.roster import Holder
from simulators.face.terminal import Terminal

DELETING_S = 0.5
ACCESS = "/ISAPI/AccessControl"
FACES = "/ISAPI/Intelligent/FDLib"
Answer = Callable[[Any], Awaitable[web.Response]]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
ItemT = TypeVar("ItemT")


class PeopleAnswers:
    """The calls about the people of one terminal."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._deleting_s = 0.0
        self._delete_status = "success"

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        self._deleting_s = max(0.0, self._deleting_s - dt_s)

    def routes(self, asked: Callable[[Answer], Handler]) -> list[web.RouteDef]:
        """Return the calls; `asked` makes a handler of what answers JSON."""
        return [
            web.post(f"{ACCESS}/UserInfo/Record", asked(self._add)),
            web.put(f"{ACCESS}/UserInfo/Modify", asked(self._modify)),
            web.put(f"{ACCESS}/UserInfo/SetUp", asked(self._set_up)),
            web.post(f"{ACCESS}/UserInfo/Search", asked(self._search)),
            web.get(f"{ACCESS}/UserInfo/Count", asked(self._count)),
            web.put(f"{ACCESS}/UserInfoDetail/Delete", asked(self._delete)),
            web.get(f"{ACCESS}/UserInfoDetail/DeleteProcess", asked(self._delete_process)),
            web.post(f"{ACCESS}/CardInfo/Record", asked(self._add_card)),
            web.put(f"{ACCESS}/CardInfo/SetUp", asked(self._add_card)),
            web.put(f"{ACCESS}/CardInfo/Delete", asked(self._delete_cards)),
            web.post(f"{ACCESS}/CardInfo/Search", asked(self._search_cards)),
            web.post(f"{FACES}/FDSearch", asked(self._search_faces)),
            web.put(f"{FACES}/FDSearch/Delete", asked(self._delete_faces)),
            web.post(f"{FACES}/FaceDataRecord", self.add_face),
            web.put(f"{FACES}/FDSetUp", self.add_face),
        ]

    async def _add(self, said: Any) -> web.Response:
        given = read_person(said["UserInfo"])
        if self._terminal.roster.find(given.key) is not None:
            return no("employeeNoAlreadyExist", code=6, text="Invalid Content")
        return self._put(given)

    async def _modify(self, said: Any) -> web.Response:
        given = read_person(said["UserInfo"])
        if self._terminal.roster.find(given.key) is None:
            return no("employeeNoNotExist", code=6, text="Invalid Content")
        return self._put(given)

    async def _set_up(self, said: Any) -> web.Response:
        return self._put(read_person(said["UserInfo"]))

    def _put(self, given: Holder) -> web.Response:
        roster = self._terminal.roster
        known = roster.find(given.key)
        if self._terminal.log.full or not roster.put(given):
            return no("deviceError", code=3, text="Device Error")
        if known is not None:
            roster.give_cards(given.key, known.cards)
        return yes()

    async def _search(self, said: Any) -> web.Response:
        cond = said["UserInfoSearchCond"]
        keys = [each["employeeNo"] for each in cond.get("EmployeeNoList", ())]
        found = [each for each in self._terminal.roster if not keys or each.key in keys]
        page, about = page_of(found, cond)
        about |= {"UserInfo": [person(each) for each in page]} if page else {}
        return web.json_response({"UserInfoSearch": about})

    async def _count(self, _said: Any) -> web.Response:
        people = list(self._terminal.roster)
        count = {
            "userNumber": len(people),
            "bindFaceUserNumber": sum(each.face for each in people),
            "bindCardUserNumber": sum(bool(each.cards) for each in people),
            "bindFingerprintUserNumber": 0,
        }
        return web.json_response({"UserInfoCount": count})

    async def _delete(self, said: Any) -> web.Response:
        detail = said["UserInfoDetail"]
        roster = self._terminal.roster
        keys = [each["employeeNo"] for each in detail.get("EmployeeNoList", ())]
        if detail["mode"] == "all":
            keys = [each.key for each in roster]
        self._deleting_s = DELETING_S
        condition = self._terminal.condition
        self._delete_status = "failed" if condition.refuses_delete else "success"
        if not (condition.refuses_delete or condition.keeps_deleted):
            for key in keys:
                roster.drop(key)
        return yes()

    async def _delete_process(self, _said: Any) -> web.Response:
        status = "processing" if self._deleting_s > 0 else self._delete_status
        return web.json_response({"UserInfoDetailDeleteProcess": {"status": status}})

    # Cards and faces.

    async def _add_card(self, said: Any) -> web.Response:
        key, card = said["CardInfo"]["employeeNo"], str(said["CardInfo"]["cardNo"])
        holder = self._terminal.roster.find(key)
        if holder is None:
            return no("employeeNoNotExist", code=6, text="Invalid Content")
        if any(card in each.cards and each.key != key for each in self._terminal.roster):
            return no("cardNoAlreadyExist", code=6, text="Invalid Content")
        self._terminal.roster.give_cards(key, tuple(dict.fromkeys((*holder.cards, card))))
        return yes()

    async def _delete_cards(self, said: Any) -> web.Response:
        cond = said["CardInfoDelCond"]
        keys = {each["employeeNo"] for each in cond.get("EmployeeNoList", ())}
        gone = {str(each["cardNo"]) for each in cond.get("CardNoList", ())}
        for each in list(self._terminal.roster):
            left = () if each.key in keys else tuple(card for card in each.cards if card not in gone)
            self._terminal.roster.give_cards(each.key, left)
        return yes()

    async def _search_cards(self, said: Any) -> web.Response:
        cards = [(each.key, card) for each in self._terminal.roster for card in each.cards]
        page, about = page_of(cards, said["CardInfoSearchCond"])
        rows = [{"employeeNo": key, "cardNo": card, "cardType": "normalCard"} for key, card in page]
        return web.json_response({"CardInfoSearch": about | ({"CardInfo": rows} if rows else {})})

    async def _search_faces(self, said: Any) -> web.Response:
        """Tell whose face it knows; the faces themselves stay where they are."""
        wanted = said.get("FPID")
        found = [each for each in self._terminal.roster if each.face and wanted in (None, "", each.key)]
        page, about = page_of(found, said)
        about |= {"statusCode": 1, "statusString": "OK", "subStatusCode": "ok"}
        about |= {"MatchList": [{"FPID": each.key} for each in page]} if page else {}
        return web.json_response(about)

    async def _delete_faces(self, said: Any) -> web.Response:
        if self._terminal.condition.refuses_delete:
            return no("deviceError", code=3, text="Device Error")
        for each in said["FPID"]:
            self._terminal.roster.unlearn(each["value"])
        return yes()

    async def add_face(self, request: web.Request) -> web.StreamResponse:
        """Answer a face that is sent, as a form with a picture."""
        try:
            form = await request.post()
            about = form["FaceDataRecord"]
            key = json.loads(about if isinstance(about, str | bytes | bytearray) else about.file.read())[
                "FPID"
            ]
            pictured = "FaceImage" in form or "img" in form
            learned = pictured and self._terminal.roster.learn(key)
        except (ValueError, KeyError, TypeError):
            learned = False
        return yes() if learned else no("badJsonContent", code=6, text="Invalid Content")


def yes() -> web.Response:
    """Answer that it was done."""
    return web.json_response({"statusCode": 1, "statusString": "OK", "subStatusCode": "ok"})


def no(sub: str, *, code: int, text: str) -> web.Response:
    """Answer that it was not, and why."""
    said = {"statusCode": code, "statusString": text, "subStatusCode": sub, "errorCode": 0x60000001}
    return web.json_response(said, status=400)


def page_of(found: Sequence[ItemT], cond: dict[str, Any]) -> tuple[Sequence[ItemT], dict[str, Any]]:
    """Cut out the page that is asked for, and say what the whole is."""
    start, most = int(cond.get("searchResultPosition", 0)), int(cond.get("maxResults", 30))
    page = found[start : start + most]
    status = "NO MATCH" if not page else "MORE" if start + len(page) < len(found) else "OK"
    about = {
        "searchID": cond.get("searchID", ""),
        "responseStatusStrg": status,
        "numOfMatches": len(page),
        "totalMatches": len(found),
    }
    return page, about
