"""Everybody around a hub that may die: a post that forgets nothing, a phone whose owner does not give up."""

import asyncio
import uuid
from contextlib import suppress
from typing import Any, ClassVar, Final

import httpx

from contract.charging import CHARGE_ENDED, CHARGE_STARTED, METER_READ, START
from contract.messages import Action
from contract.mqtt import Connection
from contract.things import Thing
from drivers.charger.model import CHARGER
from tests.hub.charging.made import CAR, TITLES
from tests.hub.crash.neighbour import AGAIN_S, Neighbour
from tests.plain_http import plain_client

ENERGY: Final = 5000
PATIENCE_S: Final = 90.0


class Post(Neighbour):
    """A post with one connector, at which a car is plugged in."""

    host = "posts"
    thing: ClassVar = Thing(address=CAR, title=TITLES[CAR], model=CHARGER)

    def __init__(self, link: Connection) -> None:
        super().__init__(link)
        self.shown |= {"state": "available", "order": "", "plugged": True, "vehicle": "car"}
        self.shown |= {"lockout": "none", "fault": "none", "power-cut": False}

    def obey(self, action: Action) -> None:
        """Begin a charge, or end the one that runs."""
        if action.action == START:
            order = str(action.input["order"])
            self.shown |= {"state": "charging", "order": order}
            self._tell(CHARGE_STARTED, order)
            self._tell(METER_READ, order, energy=1000)
        elif self.shown["order"]:
            self._tell(CHARGE_ENDED, str(self.shown["order"]), energy=ENERGY, seconds=60, why="stopped")
            self.shown |= {"state": "finishing", "order": ""}

    def _tell(self, of: str, order: str, **data: Any) -> None:
        self.report(of, transaction="t1", order=order, **data)


class Phone:
    """Somebody who charges, whatever happens to the hub: presses again until there is an answer."""

    def __init__(self, base_url: str, code: str, purse: str) -> None:
        self._http = plain_client(base_url=f"{base_url}/api/v1/charging", timeout=60)
        self._code = code
        self._purse = purse

    async def close(self) -> None:
        """Put it away."""
        await self._http.aclose()

    async def charge(self) -> dict[str, Any]:
        """Charge; return the receipt. What was given up before it began is ordered anew."""
        while True:
            key = (await self._until("POST", f"/codes/{self._code}/orders", self._order()))["key"]
            order = await self._seen(key, "charging", "cancelled", "settled")
            if order["state"] == "cancelled":
                continue
            await self._until("POST", f"/orders/by-key/{key}/stop", {})
            return await self._seen(key, "settled")

    def _order(self) -> dict[str, str]:
        return {"request": str(uuid.uuid4()), "account": self._purse}

    async def _seen(self, key: str, *states: str) -> dict[str, Any]:
        while True:
            order = await self._until("GET", f"/orders/by-key/{key}")
            if order["state"] in states:
                return order
            await asyncio.sleep(0.1)

    async def _until(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Ask the same again until it is answered: an answer may be lost, what was asked may be done."""
        last = "nobody answers"
        try:
            async with asyncio.timeout(PATIENCE_S):
                while True:
                    with suppress(httpx.HTTPError):
                        answer = await self._http.request(method, path, json=body)
                        last = answer.text
                        if answer.is_success:
                            answered: dict[str, Any] = answer.json()
                            return answered
                    await asyncio.sleep(AGAIN_S)
        except TimeoutError:
            raise AssertionError(f"{method} {path}: {last}") from None
