"""The e-bike shed burns: everything that follows, from the smoke to the closed case, on one timeline.

Real mosquitto and real processes; the devices are our own simulators on their own protocols.
"""

from collections.abc import Callable
from typing import Any, Final

import httpx
import pytest

from hemei.settings import simulator_settings
from hemei.site import read_site
from simulators.control import ask
from tests.hemei.demos import RunningDemo
from tests.waiting import eventually_told

pytestmark = [pytest.mark.xdist_group("lane-2"), pytest.mark.asyncio(loop_scope="package")]

KEY: Final = "bike-shed-smoke"
DETECTOR: Final = "hemei/sensor/bike-shed-smoke"
CAMERA: Final = "hemei/camera/bike-shed"
LINKED: Final = {
    "charger": "cut-power",
    "sprinkler": "fire-release",
    "door": "fire-release",
    "gate": "fire-release",
}
PICTURE: Final = b"\x89PNG\r\n\x1a\n" + bytes(64)
WANTED: Final = {"snapshot", "clip", "data"}
BETWEEN_PRESSES_S: Final = 1.0
SOCKETS: Final = 20


class Person:
    """Somebody at a console."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def get(self, path: str, **query: Any) -> Any:
        return (await self.http.get(f"/api/v1{path}", params=query)).raise_for_status().json()

    async def post(self, path: str, **body: Any) -> Any:
        answer = await self.http.post(f"/api/v1{path}", json=body)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json() if answer.content else None

    async def fire(self) -> dict[str, Any]:
        """Return the fire's case; empty while there is none."""
        for alarm in (await self.get("/alarms", state="all"))["alarms"]:
            if alarm["key"] == KEY:
                case: dict[str, Any] = await self.get(f"/alarms/{alarm['id']}")
                return case
        return {}

    async def picture(self) -> tuple[Any, Any]:
        """Return what the shed's camera says of its picture, and how sure that is."""
        answer = await self.http.get(f"/api/v1/devices/{CAMERA}")
        picture = answer.json()["properties"].get("picture") if answer.is_success else None
        return (picture["value"], picture["quality"]) if picture else (None, None)

    async def until(self, what: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        """Look at the fire's case until `what` is true of it."""
        return await eventually_told(self.fire, lambda case: case and what(case))

    async def pressed(self) -> bool:
        """Press the detector's button, which holds what it saw; whether its alarm is over."""
        if (await self.fire())["active"]:
            await self.post(f"/devices/{DETECTOR}/actions/reset", reason="aired")
            return False
        return True

    async def reset_detector(self) -> None:
        """Press that button until the smoke is gone, with time for somebody who looks between two presses."""
        await eventually_told(self.pressed, every_s=BETWEEN_PRESSES_S)

    async def press(self, deed: str, **body: Any) -> dict[str, Any]:
        """Do something to the alarm as it is now."""
        case = await self.fire()
        after: dict[str, Any] = await self.post(
            f"/alarms/{case['id']}/{deed}", version=case["version"], **body
        )
        return after


def entries(case: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [entry for entry in case["timeline"] if entry["kind"] == kind]


def gathered(case: dict[str, Any]) -> set[str]:
    """Return which kinds of evidence are there, each with its hash."""
    return {piece["kind"] for piece in case["evidence"] if piece["sha256"]}


def failed(case: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return which evidence could not be got: kind, camera and why."""
    return [
        (piece["kind"], piece["device"], piece["error"])
        for piece in case["evidence"]
        if piece["state"] == "failed"
    ]


def linked(case: dict[str, Any]) -> dict[str, set[str]]:
    """Return what became of the linked actions, by kind of device."""
    found: dict[str, set[str]] = {}
    for entry in entries(case, "linked"):
        kind = entry["data"]["device"].partition("/")[0]
        found.setdefault(kind, set()).add(entry["data"]["outcome"])
    return found


async def see_order_through(guard: Person, case: dict[str, Any], me: str) -> None:
    """Take up the work order that the alarm made, and prove that it is done."""
    (order,) = (await guard.get("/work-orders", alarm=case["id"]))["orders"]
    path = f"/work-orders/{order['id']}"
    for step, body in (
        ("accept", {}),
        ("assign", {"to": me}),
        ("take", {}),
        ("arrive", {}),
    ):
        order = await guard.post(f"{path}/{step}", version=order["version"], **body)
    picture = await guard.http.post(f"/api/v1{path}/pictures", content=PICTURE)
    assert picture.is_success, picture.text
    order = await guard.post(
        f"{path}/done", version=picture.json()["version"], note="battery taken out, shed aired"
    )
    assert order["state"] == "done"


async def in_the_shed(demo: RunningDemo, happens: str) -> None:
    """Let it burn at the pretend detector, or no more."""
    control = simulator_settings(read_site(demo.folder / "data" / "site.toml")).control_socket
    assert control
    answer = await ask(control, {"device": "sensor/bike-shed-smoke", "happening": happens})
    assert answer["ok"], answer


async def story(demo: RunningDemo, guard: Person, supervisor: Person) -> str:
    """Live through the fire; the page that is printed of it."""
    me = (await guard.get("/session"))["name"]
    await guard.post("/posts/centre/sign-on")
    await eventually_told(guard.picture, lambda seen: seen == ("ok", "good"))  # it has only just come up
    await in_the_shed(demo, "smoke")
    case = await guard.until(lambda case: linked(case).keys() >= LINKED.keys())
    assert all(outcomes == {"succeeded"} for outcomes in linked(case).values()), linked(case)
    assert case["state"] == "unacknowledged"
    assert case["priority"] == "critical"
    await guard.until(lambda case: entries(case, "escalated"))
    await guard.press("acknowledge", note="on my way")
    await see_order_through(guard, case, me)
    await in_the_shed(demo, "smoke-clears")
    await guard.reset_detector()
    case = await guard.until(lambda case: gathered(case) >= WANTED or failed(case))
    assert not failed(case)
    await guard.press("reset", note="the detector is clear")
    await supervisor.press("review", note="seen the clip")
    case = await guard.fire()
    assert case["closed"] is not None
    order = [entry["kind"] for entry in case["timeline"]]
    for earlier, later in (("raised", "linked"), ("acknowledged", "returned"), ("reset", "reviewed")):
        assert order.index(earlier) < order.index(later)
    trace = case["trace"]
    hops = [trace[hop] for hop in ("device", "received", "committed", "raised", "acknowledged")]
    assert hops == sorted(hops)
    page = await guard.http.get(f"/api/v1/alarms/{case['id']}/case.html", params={"language": "zh-CN"})
    assert page.is_success
    return page.text


async def test_a_fire_in_the_e_bike_shed(whole_community: RunningDemo) -> None:
    demo = whole_community
    async with demo.client("guard") as guard, demo.client("supervisor") as supervisor:
        page = await story(demo, Person(guard), Person(supervisor))
        for word in ("电动车棚烟雾", "on my way", "seen the clip", "fire-release", "east-in", "bike-a-1"):
            assert word in page, f"{word} is missing on the page"
        figures = await Person(supervisor).get("/charging/figures")
        assert figures["connectors"]["power-cut"] == SOCKETS, "until somebody gives it back"
