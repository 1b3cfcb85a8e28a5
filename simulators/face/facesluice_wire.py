"""A face terminal at an MQTT broker: it obeys what comes to `mqtt/face/{sn}`, and tells what it records.

A record that nobody has acknowledged is told again every ten seconds while there is a connection, and after
each new one. `Online` is said again until it is answered.
"""

import json
import logging
from collections import deque
from collections.abc import Callable
from typing import Any

from simulators.broker import AtBroker
from simulators.face.facesluice import (
    BASIC,
    FULL,
    HEARTBEAT,
    NO_SUCH_PERSON,
    NOT_DELETED,
    OK,
    ROOT,
    WRONG,
    info,
    is_told,
    local,
    read_person,
    record_push,
    said,
    text,
)
from simulators.face.record import Kind, Record
from simulators.face.terminal import Terminal
from simulators.mqtt import MqttLine, Will

log = logging.getLogger(__name__)

HEARTBEAT_S = 60.0
AGAIN_S = 10.0
MOST_UNTOLD = 5000
Told = dict[str, object]


class Facesluice:
    """One terminal's line."""

    def __init__(self, at: AtBroker, serial: str, *, terminal: Terminal, beat_s: float) -> None:
        self.commands = self.acknowledged = 0
        self._where = f"mqtt://{at.host}:{at.port}/{serial}"
        self._serial, self._terminal, self._beat_s = serial, terminal, beat_s
        self._down = f"{ROOT}/{serial}"
        self._untold: dict[int, Record] = {}
        self._answers: deque[tuple[float, bytes]] = deque()
        self._until_beat_s = self._until_again_s = self._until_online_s = 0.0
        self._greeted = False
        self._line = MqttLine(
            at,
            client_id=serial,
            topics=[self._down],
            take=self._take,
            came=self._came,
            will=Will(topic=BASIC, payload=said("Offline", info=info(serial))),
        )

    @property
    def untold(self) -> int:
        """How many records nobody has acknowledged."""
        return len(self._untold)

    async def open(self) -> str:
        """Begin to call the broker; return where."""
        self._line.open()
        return self._where

    async def close(self) -> None:
        """Hang up."""
        await self._line.close()

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass: answers that are slow, heartbeats, and what must be said again."""
        self._answers = deque((left_s - dt_s, answer) for left_s, answer in self._answers)
        while self._answers and self._answers[0][0] <= 0:
            self._line.publish(f"{self._down}/Ack", self._answers.popleft()[1])
        self._until_beat_s -= dt_s
        self._until_again_s -= dt_s
        self._until_online_s -= dt_s
        if not self._line.up:
            return
        if not self._greeted and self._until_online_s <= 0:
            self._until_online_s = AGAIN_S
            self._say_online()
        if self._until_beat_s <= 0:
            self._until_beat_s = self._beat_s
            now = local(self._terminal.now_s())
            self._line.publish(HEARTBEAT, said("HeartBeat", info=info(self._serial, time=now)))
        if self._until_again_s <= 0:
            self._until_again_s = AGAIN_S
            for record in list(self._untold.values()):
                self._push(record, live=False)

    def tell(self, record: Record) -> None:
        """Tell a record, if the protocol has words for it."""
        if not is_told(record) or len(self._untold) >= MOST_UNTOLD:
            return
        self._untold[record.number] = record
        self._push(record, live=True)

    def cut(self) -> None:
        """Lose the network, or the power."""
        self._line.cut()
        self._answers.clear()

    def mend(self) -> None:
        """Call again."""
        self._line.mend()

    def _came(self) -> None:
        self._greeted = False
        self._until_beat_s = self._until_again_s = self._until_online_s = 0.0

    def _say_online(self) -> None:
        now = local(self._terminal.now_s())
        told = info(self._serial, username="", time=now, ip="192.0.2.67", facesname=self._serial)
        self._line.publish(BASIC, said("Online", info=told))

    def _push(self, record: Record, *, live: bool) -> None:
        where = "Snap" if record.kind is Kind.STRANGER else "Rec"
        self._line.publish(f"{self._down}/{where}", record_push(record, self._serial, live=live))

    def _take(self, _topic: str, payload: bytes) -> None:
        try:
            message = json.loads(payload)
            operator, message_id = text(message["operator"]), text(message.get("messageId"))
        except (ValueError, KeyError, TypeError, AttributeError):
            log.info("terminal %s: a message that makes no sense", self._serial)
            return
        told = message.get("info") or {}
        if operator == "PushAck":
            self._acknowledged(told)
        elif operator == "Online-Ack":
            self._greeted = True
        else:
            self.commands += 1
            self._answer(operator, message_id, message, told)

    def _acknowledged(self, told: Any) -> None:
        number = text(told.get("SnapOrRecordID")) if isinstance(told, dict) else ""
        if number.isdigit() and self._untold.pop(int(number), None) is not None:
            self.acknowledged += 1

    def _answer(self, operator: str, message_id: str, message: dict[str, Any], told: Any) -> None:
        condition = self._terminal.condition
        do = _OPERATORS.get(operator)
        try:
            code, more = (
                do(self, message, told) if do is not None else (WRONG, {"detail": "unknown operator"})
            )
        except (ValueError, KeyError, TypeError, AttributeError) as wrong:
            code, more = WRONG, {"detail": f"wrong parameter {wrong}"}
        result = more.pop("result", "ok" if code == OK else "fail")
        answer = said(
            f"{operator}-Ack",
            messageId=message_id,
            code=code,
            info=info(self._serial, **more, result=result),
        )
        self._answers.append((condition.slow_s if condition.slow else 0.0, answer))

    def edit(self, _message: dict[str, Any], told: Any) -> tuple[str, Told]:
        """`EditPerson`: add somebody, or change them."""
        person = read_person(told)
        more: Told = {"personId": "1", "customId": person.key}
        return (OK if self._put(told) == OK else FULL), more

    def edit_all(self, message: dict[str, Any], told: Any) -> tuple[str, Told]:
        """`EditPersonsNew`: the same for many."""
        _require_whole(message, len(told))
        codes = {text(each.get("customId")): self._put(each) for each in told}
        good = [{"customId": key} for key, code in codes.items() if code == OK]
        bad = [{"customId": key, "errcode": code} for key, code in codes.items() if code != OK]
        more: Told = {
            "AddErrNum": str(len(bad)),
            "AddSucNum": str(len(good)),
            "AddErrInfo": bad,
            "AddSucInfo": good,
            "result": "ok",
        }
        return OK, more

    def delete(self, _message: dict[str, Any], told: Any) -> tuple[str, Told]:
        """`DelPerson`."""
        key = text(told["customId"])
        return self._drop(key), {"personId": "1", "customId": key}

    def delete_all(self, message: dict[str, Any], told: Any) -> tuple[str, Told]:
        """`DeletePersons`: whom it does not know is among those it could not delete."""
        keys = [text(each) for each in told["customId"]]
        _require_whole(message, len(keys))
        codes = {key: self._drop(key) for key in keys}
        good = [{"customId": key} for key, code in codes.items() if code == OK]
        bad = [{"customId": key} for key, code in codes.items() if code != OK]
        more: Told = {
            "DelErrNum": str(len(bad)),
            "DelSucNum": str(len(good)),
            "DelErrInfo": bad,
            "DelSucInfo": good,
            "result": "ok",
        }
        return OK, more

    def query(self, _message: dict[str, Any], _told: Any) -> tuple[str, Told]:
        """`QueryPerson`: tell whom it holds."""
        keys = [each.key for each in self._terminal.roster]
        count = str(len(keys))
        return OK, {"TotalPersonNum": count, "QueryPersonNum": count, "customId": ",".join(keys)}

    def search(self, _message: dict[str, Any], told: Any) -> tuple[str, Told]:
        """`SearchPerson`: tell of one; of a face, nothing."""
        key = text(told["customId"])
        person = self._terminal.roster.find(key)
        if person is None:
            return NO_SUCH_PERSON, {"customId": key, "detail": "no such person"}
        more: Told = {
            "personId": "1",
            "customId": key,
            "name": person.name,
            "personType": str(int(person.barred)),
            "tempCardType": "0" if person.valid_until_s is None and person.valid_from_s is None else "1",
        }
        return OK, more

    def unlock(self, _message: dict[str, Any], told: Any) -> tuple[str, Told]:
        """`Unlock`: open the door, or shut it again."""
        (self._terminal.open if text(told.get("openDoor")) == "1" else self._terminal.shut)()
        return OK, {}

    def progress(self, _message: dict[str, Any], _told: Any) -> tuple[str, Told]:
        """`QueryProgress`: it is never at work on a batch any more when it can be asked."""
        return OK, {"QueryType": "None", "Status": "0"}

    def _put(self, told: Any) -> str:
        try:
            person = read_person(told)
        except (ValueError, AttributeError):
            return WRONG
        if self._terminal.log.full:
            return FULL
        return OK if self._terminal.roster.put(person) else FULL

    def _drop(self, key: str) -> str:
        if self._terminal.condition.refuses_delete:
            return NOT_DELETED
        if self._terminal.condition.keeps_deleted:
            return OK
        return OK if self._terminal.roster.drop(key) else NO_SUCH_PERSON


def _require_whole(message: dict[str, Any], count: int) -> None:
    """Refuse a batch that was cut off on its way."""
    marks = (message.get("DataBegin"), message.get("DataEnd"), text(message.get("PersonNum")))
    if marks != ("BeginFlag", "EndFlag", str(count)):
        raise ValueError("PersonNum")


_OPERATORS: dict[str, Callable[[Facesluice, dict[str, Any], Any], tuple[str, Told]]] = {
    "EditPerson": Facesluice.edit,
    "EditPersonsNew": Facesluice.edit_all,
    "DelPerson": Facesluice.delete,
    "DeletePersons": Facesluice.delete_all,
    "QueryPerson": Facesluice.query,
    "SearchPerson": Facesluice.search,
    "Unlock": Facesluice.unlock,
    "QueryProgress": Facesluice.progress,
}
