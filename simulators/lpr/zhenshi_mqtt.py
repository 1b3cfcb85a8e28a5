"""臻识 MQTT: the camera at a broker, in both layouts of topics that firmwares have.

Up: `device/{sn}/message/up/{name}`, or `{sn}/device/message/up/{name}`; orders come the same way with `down`,
and are answered at `…/down/{name}/reply`. Readings that the broker could not have come later, `isoffline` 1.
What the numbers of `gate_status` mean is said by no public document: here 0 is closed, 1 open.
"""

import json
import logging
import secrets
from collections.abc import Callable
from typing import Any

from simulators.broker import AtBroker
from simulators.clock import Clock
from simulators.lpr.options import Layout
from simulators.lpr.record import Card, Record
from simulators.lpr.zhenshi import Switch, alarm_info, input_info, plate_result, read_switch
from simulators.mqtt import MqttLine

log = logging.getLogger(__name__)

KEEP_ALIVE_S = 10.0
OK, UNKNOWN, WRONG = 200, 404, 400
OPENS = Switch(0, 2, 500)


class ZhenshiMqtt:
    """One camera at a broker. `direct_open`: firmware from v1.1.14 on, which knows `gate_direct_open`."""

    def __init__(
        self,
        at: AtBroker,
        *,
        serial: str,
        layout: Layout,
        direct_open: bool,
        card: Card,
        switch: Callable[[Switch], None],
        clock: Clock,
    ) -> None:
        self.pushed = self.replayed = self.orders = 0
        self._serial, self._card, self._switch, self._clock = serial, card, switch, clock
        self._direct_open = direct_open
        self._root = f"device/{serial}" if layout == "device-first" else f"{serial}/device"
        self._down = f"{self._root}/message/down/"
        self._until_beat_s = 0.0
        self._unsure: dict[int, Record] = {}
        self.line = MqttLine(
            at,
            client_id=serial,
            topics=[f"{self._down}+"],
            take=self._take,
            came=self._came,
        )
        self.line.published = self._published

    @property
    def ready(self) -> bool:
        """Whether the broker has let it in."""
        return self.line.up

    async def open(self) -> None:
        """Begin to call the broker."""
        self.line.open()

    async def close(self) -> None:
        """Hang up."""
        await self.line.close()

    def step(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass: show that it is alive, and tell one old reading after another."""
        self._until_beat_s -= dt_s
        if self._until_beat_s <= 0 and self.line.up:
            self._until_beat_s = KEEP_ALIVE_S
            self._say("keep_alive", {"body": {"timestamp": int(self._clock.now_s())}})
        if self._card.oldest is not None and self.line.up and not self._unsure:
            self.replayed += 1
            self._tell(self._card.oldest, offline=True)

    def tell(self, record: Record) -> None:
        """Publish a new reading."""
        self.pushed += 1
        if not self._tell(record, offline=False):
            self._card.keep(record)

    def tell_input(self, number: int, closed: bool) -> None:
        """Publish an input that changed."""
        body = input_info(self._serial, "IVS", number, closed)
        self._say("gpio_in", {"type": "gpio_in", "body": body})

    def tell_boom(self, open_: bool) -> None:
        """Publish that the barrier is open, or is not."""
        body = {"gate_ctrl_id": 0, "gate_status": int(open_), "connect_status": 1, "enable": 1}
        self._say("barr_gate_status", {"type": "barr_gate_status", "body": body})

    def cut(self) -> None:
        """Lose the network, or the power: what is under way goes to the card."""
        self.line.cut()
        self._keep_unsure()

    def mend(self) -> None:
        """Call again."""
        self.line.mend()

    def counts(self) -> dict[str, int]:
        """Tell what went over the wire."""
        return {"pushed": self.pushed, "replayed": self.replayed, "orders": self.orders}

    def _tell(self, record: Record, *, offline: bool) -> bool:
        result = plate_result(record, offline=offline, coded=True)
        number = self._say("ivs_result", alarm_info(self._serial, "IVS", result, coded=True))
        if number is not None:
            self._unsure[number] = record
        return number is not None

    def _say(self, name: str, payload: dict[str, Any]) -> int | None:
        said = {
            "id": secrets.token_hex(8),
            "sn": self._serial,
            "name": name,
            "version": "1.0",
            "timestamp": int(self._clock.now_s()),
            "payload": payload,
        }
        return self.line.publish(f"{self._root}/message/up/{name}", json.dumps(said).encode())

    def _published(self, number: int) -> None:
        record = self._unsure.pop(number, None)
        if record is not None:
            self._card.forget(record.number)

    def _came(self) -> None:
        self._until_beat_s = 0.0
        self._keep_unsure()

    def _keep_unsure(self) -> None:
        for record in self._unsure.values():
            self._card.forget(record.number)
            self._card.keep(record)
        self._unsure.clear()

    def _take(self, topic: str, payload: bytes) -> None:
        name = topic.removeprefix(self._down)
        try:
            said = json.loads(payload)
            identifier, body = said["id"], (said.get("payload") or {}).get("body")
        except (ValueError, KeyError, TypeError, AttributeError):
            log.info("camera %s: an order that makes no sense at %s", self._serial, name)
            return
        self.orders += 1
        answer = {
            "code": self._do(name, body),
            "id": identifier,
            "name": name,
            "payload": None,
            "sn": self._serial,
            "timestamp": int(self._clock.now_s()),
            "version": "1.0",
        }
        self.line.publish(f"{topic}/reply", json.dumps(answer).encode())

    def _do(self, name: str, body: object) -> int:
        if name == "gate_direct_open" and self._direct_open:
            self._switch(OPENS)
            return OK
        if name != "gpio_out":
            return UNKNOWN
        switch = read_switch(body)
        if switch is None or not (switch.value != 2 or 500 <= switch.delay_ms <= 5000):
            return WRONG
        self._switch(switch)
        return OK
