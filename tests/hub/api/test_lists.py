"""How far driver hosts have the lists, as guards see it."""

from contract.lists import Held, Holding, ListName, Staged
from contract.topics import Address
from tests.hub.api.house import GATE, House, clock

PATH = "/api/v1/lists"


async def test_guards_see_how_far_hosts_have_the_lists(hub: House) -> None:
    assert (await hub.get(PATH)).json() == {"hosts": []}
    now = clock.now()
    held = Held(edition="one", revision=7, entries=5, staged=Staged(edition="two", revision=3))
    hub.room.lists.heard(
        Address("hemei", "driver", "gates"), Holding(ts=now, lists={ListName.VEHICLES: held})
    )
    [host] = (await hub.get(PATH)).json()["hosts"]
    assert (host["site"], host["host"], host["online"], host["devices"]) == (
        "hemei",
        "gates",
        False,
        [str(GATE)],
    )
    [vehicles] = host["lists"]
    assert vehicles | {"behind_since": None} == {
        "list": "vehicles",
        "state": "offline",
        "known": True,
        "revision": 7,
        "head": 0,
        "entries": 5,
        "coming": 3,
        "behind_since": None,
    }
    hub.room.lists.removed(Address("hemei", "driver", "gates"))
    assert (await hub.get(PATH)).json() == {"hosts": []}
