"""Every page and place there is, and when it shows what it has; for tests and pictures."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from playwright.async_api import Page

from hub.access.roles import Role

LOADING: Final = ("正在读取", "Reading…", "正在连接", "Connecting")
"""What a page says while it has nothing yet."""

READY: Final = """([selector, loading]) => {
  const shown = [...document.querySelectorAll(selector)].some((each) => each.getClientRects().length > 0);
  const inSight = ({ top, bottom }) => bottom > 0 && top < innerHeight;
  const drawn = [...document.images].every((img) => img.complete || !inSight(img.getBoundingClientRect()));
  return shown && drawn && !loading.some((word) => document.body.innerText.includes(word));
}"""

LOOK_MS: Final = 50
"""How often `READY` is asked: it has the whole page laid out, too dear for every picture of the screen."""


@dataclass(frozen=True, kw_only=True)
class Sight:
    """A place of a page. `address` may name what is in braces; `ready` is a selector of what it shows."""

    name: str
    address: str
    ready: str
    role: Role | None = None

    @property
    def page(self) -> str:
        """Which page it is of."""
        return self.name.partition("-")[0]

    @property
    def needs(self) -> frozenset[str]:
        """What must be known to go there."""
        return frozenset(part.partition("}")[0] for part in self.address.split("{")[1:])

    def at(self, known: Mapping[str, str]) -> str:
        """Return the address; KeyError if something it names is not known."""
        return self.address.format_map({name: quote(value, safe="") for name, value in known.items()})


def _console(place: str, ready: str = "", of: str = "") -> Sight:
    return Sight(
        name=f"console-{of or place}",
        address=f"/console#/{place}",
        ready=f".console[data-place={place.partition('/')[0]}] main {ready or '> *'}",
        role=Role.SUPERVISOR,
    )


def _admin(place: str, ready: str = "", of: str = "") -> Sight:
    return Sight(
        name=f"admin-{of or place}",
        address=f"/admin#/{place}",
        ready=f".admin[data-place={place.partition('/')[0]}] main {ready or '> *'}",
        role=Role.ADMIN,
    )


def _desk(place: str, ready: str = "", of: str = "") -> Sight:
    return Sight(
        name=f"desk-{of or place}",
        address=f"/desk#/{place}",
        ready=f".desk-page[data-place={place.partition('/')[0]}] main {ready or '> *'}",
        role=Role.SUPERVISOR,
    )


SIGHTS: Final = (
    Sight(name="wall", address="/wall", ready="main :is([data-device], .notice)", role=Role.WALL),
    _console("alarms", ".list"),
    _console("alarms/{case}", ".case h2", of="case"),
    _console("devices", ".list"),
    _console("devices/{device}", ".page h2, .page h3", of="device"),
    _console("doors", ".list"),
    _console("passes"),
    _console("charging"),
    _console("posts"),
    _console("orders", ".list"),
    _console("register"),
    _console("trends", "[data-testid=offers]"),
    _console("trends/questions", ".question[data-busy=false]", of="questions"),
    _console("figures"),
    _console("tender"),
    _desk("search"),
    _desk("search/alarms", of="alarms"),
    _desk("request"),
    _desk("release"),
    _desk("register"),
    _desk("feed"),
    _admin("health"),
    _admin("people"),
    _admin("tokens"),
    _admin("plans"),
    _admin("plans/{plan}", of="plan"),
    _admin("devices"),
    _admin("devices/{device}", of="device"),
    _admin("definitions"),
    Sight(name="signin", address="/signin", ready="form"),
    Sight(name="charge", address="/c/{code}", ready="main"),
    Sight(name="charge-account", address="/c/account/{account}", ready="main"),
    Sight(name="visit", address="/visit#{visit}", ready="main"),
)


async def until_ready(page: Page, sight: Sight, within_ms: float) -> None:
    """Wait until a place shows what it has and nothing is still being read."""
    await page.wait_for_function(READY, arg=[sight.ready, LOADING], timeout=within_ms, polling=LOOK_MS)
