"""The whole way, on a real hub: asked for, released by a second person, made, fetched and verified."""

import csv
import hashlib
import io
import sys
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner

from contract.clock import SystemClock
from contract.passes import GATE_PASSED
from hemei.cli import main
from hemei.private_files import write_private
from hub.access.roles import Role
from hub.disclosure.scope import DAY_MS
from hub.ledger.commit import Arrival
from tests.hemei.test_site import GOOD
from tests.hub.api.house import House, arrival, house
from tests.hub.disclosure.test_api import API, body
from tests.hub.disclosure.test_record import grouped, read
from tests.hub.disclosure.yard import OTHER, PLATE
from tests.waiting import PATIENCE_S, eventually_told


def site_file(folder: Path) -> Path:
    """Write the site file of a hub that a house runs in a folder."""
    file = folder / "site.toml"
    file.write_text(GOOD.replace("data/hub", "hub"), encoding="utf-8")
    for secret in ("hub.mqtt", "gates.mqtt"):
        write_private(folder / "secrets" / secret, "secret\n")
    return file


async def signed_in(hub: House, name: str, role: Role) -> dict[str, str]:
    """Give somebody an account; return the headers of their browser."""
    await hub.access.create_user(name, role)
    found = await hub.access.redeem(await hub.access.create_link(role, name), "192.0.2.1")
    return {"Cookie": f"hemei-session={found.cookie}", "Origin": hub.server.address}


def pass_through(hub: House, number: int, plate: str) -> None:
    """Have a vehicle go in now."""
    data = {"plate": plate, "direction": "in", "means": "plate"}
    told = arrival(number, type=GATE_PASSED, data=data)
    now = Arrival(
        address=told.address,
        tenant=told.tenant,
        event=told.event,
        payload=told.payload,
        received_ms=SystemClock().now_ms(),
    )
    hub.core.committer.writer.commit([now])


async def until(hub: House, ident: str, state: str, headers: dict[str, str]) -> dict[str, Any]:
    """Ask how a disclosure is until it is in a state."""

    async def asked() -> dict[str, Any]:
        view: dict[str, Any] = (await hub.http.get(f"{API}/{ident}", headers=headers)).json()
        assert view["state"] in (state, "approved", "making"), view["error"]
        return view

    return await eventually_told(asked, lambda view: view["state"] == state, 2 * PATIENCE_S, 0.2)


async def test_what_is_released_leaves_as_it_was_shown_and_can_be_verified(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    command = (sys.executable, "-m", "hemei", "export", "--config", str(site_file(tmp_path)))
    async with house(tmp_path, export_command=command) as hub:
        zhao, chen = await signed_in(hub, "zhao", Role.LIAISON), await signed_in(hub, "chen", Role.SUPERVISOR)
        for number, plate in enumerate((PLATE, OTHER), 1):
            pass_through(hub, number, plate)
        await hub.room.passes.look()
        now_ms = SystemClock().now_ms()
        scope = {"from_ms": now_ms - DAY_MS, "to_ms": now_ms + DAY_MS, "kinds": ["passes"], "plate": PLATE}

        async def post(path: str, said: dict[str, Any], who: dict[str, str]) -> httpx.Response:
            return await hub.http.post(API + path, json=said, headers=who)

        shown = (await post("/preview", {"basis": "public-security", "scope": scope}, zhao)).json()
        assert shown["counts"] == {"passes": 1}
        columns = [each["key"] for each in shown["tables"][0]["columns"]]
        (row,) = shown["tables"][0]["rows"]
        assert row[columns.index("plate")] == PLATE

        asked = (await post("", body(basis="public-security", scope=scope), zhao)).json()
        released = await post(f"/{asked['id']}/approve", {"version": asked["version"]}, chen)
        assert released.status_code == 200, released.text
        ready = await until(hub, asked["id"], "ready", zhao)
        bundle = await hub.http.get(f"{API}/{asked['id']}/bundle", headers=zhao)
        file = tmp_path / ready["bundle"]["name"]
        file.write_bytes(bundle.content)
        key = (await hub.http.get(f"{API}/key", headers=zhao)).json()
        assert "fontTools" not in capfd.readouterr().err, "the log lists no letters of what was written"
        verified = CliRunner().invoke(main, ["verify", str(file), "--key", key["fingerprint"]])
        assert verified.exit_code == 0, verified.output
        assert OTHER.encode() not in bundle.content
        record = (await hub.http.get(f"{API}/{asked['id']}/record", headers=zhao)).content
        paper, pages = read(record, tmp_path)
        assert pages == 1
        assert grouped(hashlib.sha256(bundle.content).hexdigest()) in paper
        assert grouped(key["fingerprint"]) in paper
        assert "通行记录 Passes 1" in paper
        assert ready["bundle"]["signer"] == key["fingerprint"]
        with zipfile.ZipFile(file) as leaves, leaves.open("data/passes.csv") as table:
            head, told = csv.reader(io.TextIOWrapper(table, "utf-8-sig"))
        assert [each["zh"] for each in shown["tables"][0]["columns"]] == head[:-1]
        assert row == told[:-1], "shown as it leaves, but for the names of its pictures"
        whose = await hub.http.get(API, params={"plate": PLATE}, headers=zhao)
        assert [each["id"] for each in whose.json()["exports"]] == [asked["id"]]
