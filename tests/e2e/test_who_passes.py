"""Who passes, from the register to the device and back: a vehicle's first way in, a face that must go.

Real mosquitto and real processes; cameras and terminals are our own simulators on their own protocols: golden
vectors and own simulator.
"""

from typing import Any

import httpx
import pytest

from hemei.control_socket import control_socket
from hemei.site import read_site
from simulators.control import ask
from tests.hemei.demos import RunningDemo
from tests.waiting import eventually_told

pytestmark = [pytest.mark.xdist_group("lane-2"), pytest.mark.asyncio(loop_scope="package")]

NEAR, FAR = "door/face-lobby-1", "door/face-lobby-4"
"""Two terminals, by facesluice and by ISAPI."""


async def got(client: httpx.AsyncClient, path: str, **query: Any) -> Any:
    """Ask the hub; what it answers."""
    answer = await client.get(f"/api/v1{path}", params=query)
    assert answer.is_success, answer.text
    return answer.json()


async def done(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> Any:
    """Tell the hub; what it answers."""
    answer = await client.post(f"/api/v1{path}", json=body)
    assert answer.is_success, answer.text
    return answer.json()


class Pretend:
    """The pretend devices of a demo."""

    def __init__(self, demo: RunningDemo) -> None:
        self._socket = control_socket(read_site(demo.folder / "data" / "site.toml"))

    async def tell(self, device: str, **order: str) -> None:
        """Break a device, or let something happen at it."""
        answer = await ask(self._socket, {"device": device, **order})
        assert answer["ok"], answer

    async def truth(self, device: str) -> dict[str, Any]:
        """Ask what a device is really doing."""
        return dict((await ask(self._socket, {"device": device, "inspect": True}))["truth"])


@pytest.mark.timeout(600)
async def test_a_stranger_waits_until_a_guard_opens(whole_community: RunningDemo) -> None:
    demo, pretend, place = whole_community, Pretend(whole_community), "gate/west-in"
    async with demo.client("guard") as guard:

        async def refused() -> Any:
            page = await got(guard, "/passes", place=place, outcome="refused", limit=1)
            return next((each for each in page["passes"] if each["reason"] == "unknown"), None)

        async def called() -> Any:
            alarms = (await got(guard, "/alarms"))["alarms"]
            unknown = [each for each in alarms if each["key"] == "gate-unknown-plate"]
            return next((each for each in unknown if each["device"] == "west-in"), None)

        await pretend.tell(place, happening="stranger-arrives")
        stranger = await eventually_told(refused)
        await eventually_told(called)
        picture = await guard.get(f"/api/v1/media/{stranger['pictures'][0]}")
        assert picture.content.startswith(b"\xff\xd8"), "the guard sees who it is"

        opened = await guard.post(
            f"/api/v1/devices/hemei/{place}/actions/open",
            params={"wait": 20},
            json={"input": {}, "reason": "delivery, seen by eye"},
        )
        assert opened.json()["status"] == "succeeded", opened.text

        async def passed() -> Any:
            page = await got(guard, "/passes", plate=stranger["plate"], exact=True, outcome="passed")
            return page["passes"]

        (record,) = await eventually_told(passed)
        assert (record["means"], record["device"], record["category"]) == ("command", "west-in", None)


@pytest.mark.timeout(600)
async def test_a_withdrawn_face_is_gone_from_every_terminal_and_that_is_proved(
    whole_community: RunningDemo,
) -> None:
    demo, pretend = whole_community, Pretend(whole_community)
    async with demo.client("supervisor") as office:

        async def enrolled() -> Any:
            """Find somebody whose face both terminals know."""
            known = [set((await pretend.truth(each))["faces"]) for each in (NEAR, FAR)]
            people = (await got(office, "/register/people", face="consented"))["people"]
            return next((each for each in people if all(each["key"] in faces for faces in known)), None)

        person = await eventually_told(enrolled)
        key = person["key"]
        await pretend.tell(FAR, fault="network-loss")
        said = {"given": False, "how": "desk", "version": person["version"]}
        detail = await done(office, f"/register/people/{key}/consent", said)
        number = detail["withdrawals"][0]["n"]

        async def proof() -> Any:
            return await got(office, f"/register/withdrawals/{number}")

        async def only_far_is_missing() -> Any:
            states = {each["device"]: each["state"] for each in (await proof())["removals"]}
            return states == {NEAR: "proven", FAR: "open"}

        await eventually_told(only_far_is_missing)
        assert not (await proof())["withdrawal"]["complete"]
        assert key not in (await pretend.truth(NEAR))["faces"]
        assert key in (await pretend.truth(FAR))["faces"], "nobody could tell it"

        await pretend.tell(FAR, fault="none")

        async def complete() -> Any:
            found = await proof()
            return found if found["withdrawal"]["complete"] else None

        found = await eventually_told(complete)
        assert {each["state"] for each in found["removals"]} == {"proven"}
        assert all(each["absent"] and each["sha256"] for each in found["removals"])

        async def cards_open() -> Any:
            """See the card, which a terminal may have to be given anew once the face is gone."""
            return all([key in (await pretend.truth(each))["people"] for each in (NEAR, FAR)])

        await eventually_told(cards_open)
        for terminal in (NEAR, FAR):
            assert key not in (await pretend.truth(terminal))["faces"], terminal
        page = await office.get(f"/api/v1/register/withdrawals/{number}/proof.html")
        assert person["name"] in page.text
        assert all(each["sha256"] in page.text for each in found["removals"])
