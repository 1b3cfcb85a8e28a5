"""`hemei charging` on a site's ledger; OpenCV reads the codes back from what Chromium paints of the sheet."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner
from sqlalchemy import select

from hemei.charging import ledger_of
from hemei.cli import main
from hemei.site import read_site
from hemei.stickers import COLUMNS, ROWS, Sticker, write_sheet
from hub.audit.schema import audit
from tests.browser.chromium import chromium
from tests.hemei.test_charging_tables import GARAGE, HOST, SHED
from tests.hemei.test_site import GOOD
from tests.hub.api.house import house

BASE = "https://charge.example.cn"
Hemei = Callable[..., str]


@pytest.fixture
def hemei(tmp_path: Path) -> Hemei:
    """Run a command on a site with four connectors; gives its output, and fails unless it ended as said."""
    (tmp_path / "site.toml").write_text(GOOD + HOST + SHED + GARAGE, encoding="utf-8")

    def run(*arguments: str, code: int = 0) -> str:
        config = ("--config", str(tmp_path / "site.toml"))
        done = CliRunner().invoke(main, ["charging", *arguments, *config], env={"LC_ALL": "C"})
        assert done.exit_code == code, done.output
        return done.output

    return run


def audited(folder: Path) -> list[str]:
    with ledger_of(read_site(folder / "site.toml")) as (connection, _):
        return list(connection.execute(select(audit.c.body).order_by(audit.c.n)).scalars())


async def read_back(sheet: Path) -> list[str]:
    """Paint a sheet as a printer would, and read each sticker as a phone would."""
    async with chromium() as browser:
        page = await browser.new_page(device_scale_factor=2)
        await page.goto(sheet.as_uri())
        painted = [await each.screenshot() for each in await page.locator("svg[font-family] > g").all()]
    return [_decoded(png) for png in painted]


def _decoded(png: bytes) -> str:
    """Look from nearer and farther, as a phone does that reads nothing at first; "" if that does not help."""
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    for scale in (1.0, 0.9, 1.1, 0.8, 1.2, 0.7, 1.3, 0.6, 1.4, 0.5, 1.5):
        seen = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        text = cv2.QRCodeDetector().detectAndDecode(seen)[0]
        if text:
            return text
    return ""


async def test_the_printed_codes_open_their_connectors_pages(hemei: Hemei, tmp_path: Path) -> None:
    sheet = tmp_path / "stickers.html"
    shown = hemei("codes", "--address", f"{BASE}/", "--sheet", str(sheet)).splitlines()
    links = {line.split("  ")[0]: line.split("  ")[-1] for line in shown[:-1]}
    assert list(links) == ["charger/shed-1", "charger/shed-2", "charger/garage-1", "charger/garage-2"]
    assert shown[-1] == f"4 codes written: {sheet}"
    assert "充电桩 / Charger" in shown[0]
    assert await read_back(sheet) == list(links.values())
    assert all(link.startswith(f"{BASE}/c/") for link in links.values())
    async with house(tmp_path / "hub", ledger_url=f"sqlite:///{tmp_path}/data/hub/ledger.sqlite") as hub:
        (tmp_path / "hub" / "pages" / "charge.html").write_text("<!doctype html><title>charge</title>")
        for link in links.values():
            path = link.removeprefix(BASE)
            assert (await hub.http.get(path)).status_code == 200
            known = await hub.http.get(f"/api/v1/charging/codes/{path.removeprefix('/c/')}")
            assert known.status_code == 200, (
                "the hub knows the code, though it has not heard of the connector"
            )


def test_codes_are_made_once_and_revoked_for_good(hemei: Hemei, tmp_path: Path) -> None:
    first = hemei("codes").splitlines()
    assert hemei("codes").splitlines() == first
    assert len(first) == 4
    (gone,) = hemei("codes", "charger/garage-1").splitlines()
    assert gone == first[2]
    assert gone.split("  ")[-1].startswith("http://127.0.0.1:0/c/")
    assert "The code of charger/garage-1 is good for nothing" in hemei("revoke", gone.split("  ")[-1])
    (fresh,) = hemei("codes", "charger/garage-1").splitlines()
    assert fresh != gone
    (once,) = hemei("codes", "charger/garage-1", "--once", "--minutes", "30").splitlines()
    assert "  for one order  until 20" in once
    assert hemei("codes", "charger/garage-1").splitlines() == [fresh], "that one goes on no sticker"
    entries = [each for each in audited(tmp_path) if '"what":"code.' in each]
    assert [each.count('"code.revoked"') for each in entries] == [0, 0, 0, 0, 1, 0, 0]
    assert all('"who":"cli"' in each for each in entries)
    secrets = [line.rpartition("/c/")[2].split()[0] for line in (*first, fresh, once)]
    assert not [each for each in entries if any(secret in each for secret in secrets)]


def test_an_account_is_opened_topped_up_and_given_another_key(hemei: Hemei, tmp_path: Path) -> None:
    told, link = hemei("account", "open", "--address", BASE, "--note", "3-2-501").splitlines()
    assert link.startswith(f"{BASE}/c/account/")
    account = told.split()[1].rstrip(";")
    assert hemei("account", "top-up", account, "50.05", "--note", "receipt 7") == (
        "balance 50.05 yuan, 0.00 of it set aside\n"
    )
    assert "balance 40.05 yuan" in hemei("account", "top-up", account, "10", "--take-back", "--note", "typo")
    assert hemei("account", "list") == (f"{account:<16}balance 40.05 yuan, 0.00 of it set aside  3-2-501\n")
    _, other = hemei("account", "key", account, "--address", BASE).splitlines()
    assert other != link
    bodies = "".join(audited(tmp_path))
    for what in ("account.opened", "money.topped-up", "money.corrected", "account.rekeyed"):
        assert f'"{what}' in bodies, what
    assert link.rpartition("/")[2] not in bodies
    assert other.rpartition("/")[2] not in bodies


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("codes", "--sheet", "a.svg"), "--sheet needs --address"),
        (("codes", "--once"), "say for which connectors"),
        (
            ("codes", "charger/none"),
            "'charger/none' is no connector; allowed: charger/shed-1, charger/shed-2,",
        ),
        (("codes", "--address", "charge.example.cn"), "allowed: https://HOST or https://HOST:PORT"),
        (("codes", "--address", f"{BASE}/x?y"), "allowed: https://HOST or https://HOST:PORT"),
        (
            ("codes", "--address", BASE, "--sheet", "a.pdf"),
            "a.pdf: allowed: a name that ends with .html or .svg",
        ),
        (("revoke", "0000"), "there is no such code"),
        (("account", "top-up", "a-00000000", "5"), "there is no"),
        (("account", "top-up", "a-00000000", "0.001"), "'0.001': allowed: 0.01 to 100000 yuan"),
        (("account", "top-up", "a-00000000", "nan"), "'nan': allowed: 0.01 to 100000 yuan"),
        (("account", "key", "a-00000000"), "there is no"),
    ],
)
def test_what_is_wrong_is_told(hemei: Hemei, arguments: tuple[str, ...], said: str) -> None:
    assert said in hemei(*arguments, code=2)


def test_what_does_not_fit_on_a_page_goes_on_the_next(tmp_path: Path) -> None:
    count = COLUMNS * ROWS + 1
    named = [
        Sticker({"zh-CN": f"车位 <{n}>", "en": "A very long name " * 5}, f"charger/{n}", f"{BASE}/c/{n}")
        for n in range(count)
    ]
    assert write_sheet(tmp_path / "a.svg", named) == [tmp_path / "a.svg", tmp_path / "a-2.svg"]
    assert (tmp_path / "a-2.svg").read_text().count("车位 &lt;12&gt;") == 1
