"""Take every page of a sample community and of an empty site: each language, several sizes, by day and night.

Pictures go to `screenshots/`, with `index.html` to look at them all; the READMEs' ones also to `docs/images`.
"""

import asyncio
import html
import re
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click
import psutil
from playwright.async_api import Browser, Page, StorageState, ViewportSize
from playwright.async_api import TimeoutError as PageTimedOut

from hemei.control_socket import control_socket
from hemei.demo.access import SEATS
from hemei.demo.wallets import read_wallets
from hemei.site import read_site
from hub.access.roles import Role
from hub.app import PAGES
from simulators.control import ask
from simulators.telephone.device import NAME as TELEPHONE
from tests.browser.chromium import DESKTOP, PHONE, WALL_4K, chromium
from tests.browser.disclosed import OF_DESK, disclosed, refuse_one
from tests.browser.handed import OF_POLICE, WANTED, handed
from tests.browser.pages import SIGHTS, Sight, until_ready
from tests.hemei.demos import RunningDemo, running_demo
from tests.hub.api.house import house
from tests.waiting import eventually_told

ROOT: Final = Path(__file__).resolve().parent.parent
IMAGES: Final = ROOT / "docs" / "images"
LANGUAGES: Final = ("zh-CN", "en")
PALETTES: Final = ("day", "night")
SIZES: Final = {"desktop": DESKTOP, "phone": PHONE, "wall": WALL_4K}
OWN_COLOURS: Final = ("charge", "visit", "police")
"""Pages of people outside, which know no palettes."""

IN_READMES: Final = {
    ("wall", "desktop", "night"): "wall",
    ("console-case", "phone", "day"): "case",
    ("admin-plan", "desktop", "day"): "plan",
}
"""Name, size and palette of what the READMEs show, and what it is called there."""

SEAT: Final = {
    Role.WALL: "wall",
    Role.SUPERVISOR: "supervisor",
    Role.LIAISON: "liaison",
    Role.ADMIN: "admin",
}
FAULTS: Final = ("camera/bike-shed=cover", "door/lobby-3=tamper", "sensor/manhole-east=power-loss")
EMPTY: Final = ("wall", "console-alarms", "console-devices", "admin-health", "admin-plans", "admin-devices")
"""What of the empty site is worth a look."""

LIVELY: Final = """() => document.querySelectorAll("[data-testid=ticker] li").length >= 6
  && document.querySelectorAll("main [data-device]:not([data-tone=unknown])").length >= 40"""
PICTURES_THERE: Final = "() => [...document.images].every((each) => each.complete || each.loading === 'lazy')"
LIVELY_WITHIN_MS: Final = 180_000
READY_WITHIN_MS: Final = 15_000
CASE: Final = "gate-unknown-plate"
"""The alarm whose case is looked at: it has a picture and somebody who waits."""
STRANGER_WITHIN_S: Final = 60.0
CUT_OFF: Final = "[data-testid=cut-off-banner]"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is asked for; empty: everything."""

    pages: tuple[str, ...]
    languages: tuple[str, ...]
    palettes: tuple[str, ...]
    sizes: tuple[str, ...]

    def has(self, name: str) -> bool:
        """Say whether a picture of this name is wanted, such as `console-case`."""
        return not self.pages or any(name == page or name.startswith(f"{page}-") for page in self.pages)

    def ways(self, sight: Sight) -> Iterator[tuple[str, str, str]]:
        """Yield language, size and palette of each picture of a place."""
        for size in self.sizes or SIZES:
            if size == "wall" and sight.page != "wall":
                continue
            for language in self.languages or LANGUAGES:
                yield from (
                    (language, size, palette)
                    for palette in (self.palettes or PALETTES)
                    if sight.page not in OWN_COLOURS or palette == PALETTES[0]
                )


@dataclass
class Camera:
    """A browser, and where its pictures go."""

    browser: Browser
    folder: Path
    taken: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def look(
        self, base_url: str, state: StorageState | None, size: ViewportSize, language: str = LANGUAGES[0]
    ) -> AsyncIterator[Page]:
        """Open a page of somebody who has signed in."""
        context = await self.browser.new_context(
            base_url=base_url,
            storage_state=state,
            viewport=size,
            locale=language,
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        try:
            yield await context.new_page()
        finally:
            await context.close()

    async def take(self, page: Page, name: str, since: float) -> None:
        """Take a picture and say so."""
        await page.wait_for_function(PICTURES_THERE, timeout=READY_WITHIN_MS)
        await page.screenshot(path=self.folder / f"{name}.png")
        self.taken.append(name)
        click.echo(f"{name}  {time.monotonic() - since:.1f} s")


@dataclass(frozen=True, kw_only=True)
class Site:
    """A hub that runs: who has signed in, and what addresses may name. `prefix` begins its pictures."""

    base_url: str
    profiles: Mapping[Role | None, StorageState | None]
    known: Mapping[str, str]
    prefix: str = ""


async def sign_in(camera: Camera, base_url: str, link: str) -> StorageState:
    """Use up a one-time link."""
    async with camera.look(base_url, None, DESKTOP) as page:
        await page.goto(link)
        await page.wait_for_url(re.compile("/(wall|console|desk|admin)$"))
        return await page.context.storage_state()


async def sample(demo: RunningDemo, camera: Camera, wanted: Wanted) -> Site:
    """Look at the sample community."""
    base_url = demo.ready["http"]
    links = dict(zip(SEATS, re.findall(r"\S+/signin\?token=\S+", demo.printed), strict=True))
    profiles: dict[Role | None, StorageState | None] = {None: None}
    for role, seat in SEAT.items():
        profiles[role] = await sign_in(camera, base_url, links[seat])
    async with camera.look(base_url, profiles[Role.WALL], DESKTOP) as page:
        await page.goto("/wall")
        click.echo("waiting until the community is alive …")
        await page.wait_for_function(LIVELY, timeout=LIVELY_WITHIN_MS)
    await bring_stranger(demo)
    known = await what_there_is(demo)
    if wanted.has("desk-feed"):
        await refuse_one(demo)
    if any(wanted.has(each.name) for each in OF_DESK):
        asks, releases = profiles[Role.LIAISON], profiles[Role.SUPERVISOR]
        known |= await disclosed(camera.browser, base_url, asks, releases)
    if any(wanted.has(each.name) for each in OF_POLICE):
        known |= await handed_over(demo)
    return Site(base_url=base_url, profiles=profiles, known=known)


async def bring_stranger(demo: RunningDemo) -> None:
    """Let a car come that nobody knows, and wait until a guard is called."""
    socket = control_socket(read_site(demo.folder / "data" / "site.toml"))
    await ask(socket, {"device": "gate/west-in", "happening": "stranger-arrives"})
    async with demo.client("supervisor") as office, asyncio.timeout(STRANGER_WITHIN_S):
        while True:
            alarms = (await office.get("/api/v1/alarms")).json()["alarms"]
            if any(each["key"] == CASE for each in alarms):
                return
            await asyncio.sleep(0.5)


async def handed_over(demo: RunningDemo) -> dict[str, str]:
    """Hand alarms to the police; the case that is looked at stays as it is."""
    socket = control_socket(read_site(demo.folder / "data" / "site.toml"))

    async def letters() -> list[str]:
        told: list[str] = (await ask(socket, {"device": TELEPHONE, "inspect": True}))["truth"]["messages"]
        return told

    async with demo.client("supervisor") as office:

        async def others() -> list[str]:
            alarms = (await office.get("/api/v1/alarms")).json()["alarms"]
            return [each["id"] for each in alarms if each["key"] != CASE]

        return await handed(
            office, await eventually_told(others, lambda found: len(found) >= WANTED), letters
        )


async def what_there_is(demo: RunningDemo) -> dict[str, str]:
    """Return what addresses name, as far as it exists."""
    wallets = read_wallets(demo.folder / "data" / "secrets" / "residents.json")
    known = {"plan": "site", "device": "hemei/door/lobby-3", "account": wallets.visitor}
    known["code"] = next(iter(wallets.codes.values()))
    async with demo.client("supervisor") as office:
        alarms: list[dict[str, Any]] = (await office.get("/api/v1/alarms")).json()["alarms"]
        if alarms:
            known["case"] = max(alarms, key=lambda each: each["key"] == CASE)["id"]
        homes = (await office.get("/api/v1/register/households")).json()
        if homes.get("households"):
            link = await office.post(f"/api/v1/register/households/{homes['households'][0]['id']}/link")
            known["visit"] = link.json()["key"]
    return known


@asynccontextmanager
async def empty(folder: Path, camera: Camera) -> AsyncIterator[Site]:
    """Run a site on which there is nothing yet."""
    async with house(folder, built=PAGES, gate=False) as hub:
        profiles: dict[Role | None, StorageState | None] = {None: None}
        for role in SEAT:
            link = f"/signin?token={await hub.access.create_link(role)}"
            profiles[role] = await sign_in(camera, hub.server.address, link)
        yield Site(base_url=hub.server.address, profiles=profiles, known={}, prefix="empty-")


async def take_all(camera: Camera, site: Site, sights: Iterator[Sight], wanted: Wanted) -> None:
    """Take all places of a site in every way that is wanted."""
    for sight in sights:
        if missing := sight.needs - site.known.keys():
            camera.unfinished.append(f"{site.prefix}{sight.name}: there is no {', '.join(sorted(missing))}")
            continue
        for language, size, palette in wanted.ways(sight):
            since = time.monotonic()
            name = f"{site.prefix}{sight.name}.{language}.{size}.{palette}"
            state = site.profiles[sight.role]
            async with camera.look(site.base_url, state, SIZES[size], language) as page:
                await page.goto(address(sight.at(site.known), language, palette))
                try:
                    await until_ready(page, sight, READY_WITHIN_MS)
                except PageTimedOut:
                    camera.unfinished.append(f"{name}: never shows {sight.ready}")
                await camera.take(page, name, since)


def address(place: str, language: str, palette: str) -> str:
    """Return the address of a place in a language and palette."""
    path, mark, of_it = place.partition("#")
    return f"{path}?lang={language}&palette={palette}{mark}{of_it}"


async def take_cut_off(camera: Camera, site: Site, demo: RunningDemo, wanted: Wanted) -> None:
    """Take the wall after the hub has stopped to answer."""
    wall = SIGHTS[0]
    hub = next(
        each for each in psutil.Process(demo.process.pid).children(recursive=True) if "hub" in each.cmdline()
    )
    for language, size, palette in wanted.ways(wall):
        since = time.monotonic()
        state = site.profiles[wall.role]
        async with camera.look(site.base_url, state, SIZES[size], language) as page:
            await page.goto(address(wall.address, language, palette))
            await until_ready(page, wall, READY_WITHIN_MS)
            hub.suspend()
            try:
                await page.wait_for_selector(CUT_OFF)
                await camera.take(page, f"wall-cut-off.{language}.{size}.{palette}", since)
            finally:
                hub.resume()


def write_sheet(camera: Camera) -> None:
    """Write the page with all pictures."""
    rows = "\n".join(
        f'<figure><a href="{name}.png"><img src="{name}.png" loading="lazy" alt=""></a>'
        f"<figcaption>{html.escape(name)}</figcaption></figure>"
        for name in camera.taken
    )
    notes = "".join(f"<li>{html.escape(each)}</li>" for each in camera.unfinished)
    style = (
        "body{font:14px sans-serif;background:#ddd;display:flex;flex-wrap:wrap;gap:12px}"
        "figure{margin:0;width:380px}img{max-width:100%;max-height:420px;border:1px solid #888}ul{width:100%}"
    )
    sheet = f"<!doctype html><meta charset=utf-8><title>Hemei Hub</title><style>{style}</style>"
    (camera.folder / "index.html").write_text(f"{sheet}<ul>{notes}</ul>{rows}", encoding="utf-8")


def copy_for_readmes(camera: Camera) -> None:
    """Put the READMEs' pictures where they are shown."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    for name in camera.taken:
        sight, language, size, palette = name.split(".")
        if (called := IN_READMES.get((sight, size, palette))) is not None:
            target = f"{called}.png" if language == "en" else f"{called}.{language}.png"
            shutil.copy(camera.folder / f"{name}.png", IMAGES / target)


async def take_pictures(wanted: Wanted, folder: Path) -> None:
    """Bring up what there is to see, and take it."""
    async with AsyncExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        camera = Camera(await stack.enter_async_context(chromium()), folder)
        of_empty = [each for each in SIGHTS if each.name in EMPTY and wanted.has(f"empty-{each.name}")]
        if of_empty:
            async with empty(scratch / "empty", camera) as site:
                await take_all(camera, site, iter(of_empty), wanted)
        whole = [each for each in (*SIGHTS, *OF_DESK, *OF_POLICE) if wanted.has(each.name)]
        if whole or wanted.has("wall-cut-off"):
            arguments = [word for fault in FAULTS for word in ("--fault", fault)]
            (scratch / "demo").mkdir()
            demo = await stack.enter_async_context(running_demo(scratch / "demo", *arguments))
            stack.push_async_callback(demo.end)
            site = await sample(demo, camera, wanted)
            await take_all(camera, site, iter(whole), wanted)
            if wanted.has("wall-cut-off"):
                await take_cut_off(camera, site, demo, wanted)
    write_sheet(camera)
    copy_for_readmes(camera)
    for each in camera.unfinished:
        click.echo(f"not finished: {each}", err=True)
    click.echo(f"{len(camera.taken)} pictures: {folder / 'index.html'}")


@click.command()
@click.option(
    "--page", "pages", multiple=True, help="wall, console, console-case, admin, empty, …; several times"
)
@click.option("--language", "languages", multiple=True, type=click.Choice(LANGUAGES))
@click.option("--palette", "palettes", multiple=True, type=click.Choice(PALETTES))
@click.option("--size", "sizes", multiple=True, type=click.Choice(list(SIZES)))
@click.option("--out", type=click.Path(path_type=Path), default=ROOT / "screenshots")
def main(
    pages: tuple[str, ...],
    languages: tuple[str, ...],
    palettes: tuple[str, ...],
    sizes: tuple[str, ...],
    out: Path,
) -> None:
    """Take pictures of every page."""
    out.mkdir(parents=True, exist_ok=True)
    asyncio.run(take_pictures(Wanted(pages=pages, languages=languages, palettes=palettes, sizes=sizes), out))


if __name__ == "__main__":
    main()
