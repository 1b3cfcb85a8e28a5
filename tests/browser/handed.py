"""Alarms handed to pretend grid officers, for tests and pictures: unread to over, and of a closed case."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

import httpx

from tests.browser.pages import Sight
from tests.waiting import eventually_told

API: Final = "/api/v1"
OFFICER: Final = {"name": "周警官", "number": "021345"}
STATES: Final = ("unread", "received", "accepted", "over", "closed")
"""What becomes of hand-overs; of `over`, the link has ended, of `closed`, the case."""

WANTED: Final = 3
"""Alarms that are handed over."""

_READY: Final = {
    "unread": "[data-testid=receipt]",
    "received": "[data-testid=answer]",
    "accepted": "[data-testid=answer]",
    "over": "[role=alert]",
    "closed": "[data-testid=closed]",
}
OF_POLICE: Final = tuple(
    Sight(name=f"police-{state}", address=f"/police#{{police-{state}}}", ready=_READY[state])
    for state in STATES
)
"""Pages of officers that show them."""

Letters = Callable[[], Awaitable[Sequence[str]]]
"""Returns the texts that have come to the officers' telephones, the newest first."""


async def handed(office: httpx.AsyncClient, alarms: Sequence[str], letters: Letters) -> dict[str, str]:
    """Hand three alarms over, and do what their officers do; close the third. Return the keys of links."""
    known = {}
    wanted = [(alarm, grid) for alarm in alarms[:WANTED] for grid in ("east", "west")]
    for state, (alarm, grid) in zip(STATES, wanted, strict=False):
        known[f"police-{state}"] = key = await _key(office, alarm, grid, letters)
        if state != "unread":
            await _press(office, f"police/by-key/{key}/receipt", OFFICER)
        if state in ("accepted", "over"):
            answer = {"answer": "accepted", "words": "十分钟后到"}
            await _press(office, f"police/by-key/{key}/answers", answer)
        if state == "over":
            await _press(office, f"police/by-key/{key}/answers", {"answer": "dealt-with", "words": "已劝离"})
        if state == "closed":
            await _close(office, alarm)
    return known


async def _key(office: httpx.AsyncClient, alarm: str, grid: str, letters: Letters) -> str:
    before = len(await letters())
    now = (await office.get(f"{API}/alarms/{alarm}")).json()
    await _press(office, f"alarms/{alarm}/referrals", {"version": now["version"], "grid": grid})
    come = await eventually_told(letters, lambda told: len(told) > before, every_s=0.05)
    return come[0].partition("/police#")[2].split()[0]


async def _close(office: httpx.AsyncClient, alarm: str) -> None:
    for deed, more in (("acknowledge", {}), ("close", {"forced": True, "note": "已恢复"})):
        now = (await office.get(f"{API}/alarms/{alarm}")).json()
        await _press(office, f"alarms/{alarm}/{deed}", {"version": now["version"], **more})


async def _press(office: httpx.AsyncClient, path: str, body: dict[str, Any]) -> None:
    answer = await office.post(f"{API}/{path}", json=body)
    assert answer.is_success, answer.text
