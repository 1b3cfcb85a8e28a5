"""A charge outlives the hub: killed in the middle, it comes back, and the charge is billed once.

Real mosquitto and real processes; the posts are our own simulators on their own protocols.
"""

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import psutil

from hemei.control_socket import control_socket
from hemei.demo.wallets import VISITORS_CONNECTOR, Wallets, read_wallets
from hemei.site import read_site
from simulators.control import ask
from tests.hemei.demos import RunningDemo, running_demo
from tests.peers import require_program
from tests.plain_http import plain_client
from tests.waiting import eventually_told


class Phones:
    """The phones of a few people, on the charging pages of one demo."""

    def __init__(self, http: httpx.AsyncClient, wallets: Wallets) -> None:
        self.http = http
        self.wallets = wallets

    async def start(self, place: str) -> str:
        """Scan and start; returns the order's key."""
        body = {"request": f"{place:-<24}".replace("/", "-"), "account": self.wallets.visitor}
        answer = await self.http.post(f"/codes/{self.wallets.codes[place]}/orders", json=body)
        assert answer.status_code == 201, answer.text
        again = await self.http.post(f"/codes/{self.wallets.codes[place]}/orders", json=body)
        assert (again.status_code, again.json()["key"]) == (200, answer.json()["key"])
        return str(answer.json()["key"])

    async def order(self, key: str) -> dict[str, Any]:
        """Look at an order; empty while the hub cannot say."""
        answer = await self.http.get(f"/orders/by-key/{key}")
        return dict(answer.json()) if answer.is_success else {}

    async def until(self, key: str, what: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Look at an order until `what` is true of it; the hub may be away meanwhile."""
        return await eventually_told(lambda: self.order(key), lambda order: order and what(order))

    async def balance(self) -> dict[str, Any]:
        """Look at what is in the account."""
        return dict((await self.http.get(f"/accounts/by-key/{self.wallets.visitor}")).json())


async def truth(demo: RunningDemo, place: str) -> dict[str, Any]:
    """Return what a post really did."""
    site = read_site(demo.folder / "data" / "site.toml")
    return dict((await ask(control_socket(site), {"device": place, "inspect": True}))["truth"])


async def test_a_charge_goes_on_over_a_killed_hub_and_is_billed_once(tmp_path: Path) -> None:
    require_program("mosquitto", "mosquitto")
    quiet = ("--kinds", "charger", "--scenario", "everyday")
    async with running_demo(tmp_path, *quiet) as demo, plain_client() as http:
        http.base_url = f"{demo.ready['http']}/api/v1/charging"
        phones = Phones(http, read_wallets(demo.folder / "data" / "secrets" / "residents.json"))
        before = (await phones.balance())["balance_fen"]
        key = await phones.start(VISITORS_CONNECTOR)
        running = await phones.until(key, lambda order: order["energy_wh"] > 0)
        assert running["state"] == "charging"
        hub = psutil.Process(demo.ready["processes"]["hub"])
        hub.send_signal(signal.SIGKILL)
        await phones.until(
            key, lambda order: order["energy_wh"] > running["energy_wh"] and not order["stale"]
        )
        assert not hub.is_running()
        stopping = await phones.http.post(f"/orders/by-key/{key}/stop", json={})
        assert stopping.status_code == 202, stopping.text
        bill = await phones.until(key, lambda order: order["state"] == "settled")
        assert bill["number"] == running["number"]
        assert bill["energy_wh"] == sum(line["energy_wh"] for line in bill["lines"]) > 0
        assert bill["amount_fen"] == sum(line["amount_fen"] for line in bill["lines"])
        after = await phones.balance()
        assert (after["balance_fen"], after["held_fen"]) == (before - bill["amount_fen"], 0)
        post = await truth(demo, VISITORS_CONNECTOR)
        assert (post["starts"], post["charging"]) == (1, False)
        assert [each["number"] for each in after["orders"]] == [bill["number"]]
