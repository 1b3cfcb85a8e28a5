"""What every frame may carry beside devices, events and alarms: what the site as a whole shows just now."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from hub.alarms.definition import Words
from hub.live.frames import SiteView
from hub.plans.records import Placement
from hub.plans.view import PlanView


class Boards:
    """JSON-able objects by name, and which of them changed since they were last taken."""

    def __init__(self, site: SiteView, on_change: Callable[[], None]) -> None:
        self.shown: dict[str, Any] = {
            "site": site,
            "link": "offline",
            "processes": [],
            "duty": [],
            "canary": None,
            "passes": None,
            "tests": [],
        }
        self._changed: set[str] = set()
        self._on_change = on_change

    @property
    def processes(self) -> Sequence[Any]:
        """How the product's processes are, as their supervisor last told."""
        processes: Sequence[Any] = self.shown["processes"]
        return processes

    @property
    def changed(self) -> bool:
        """Whether there is something to take."""
        return bool(self._changed)

    def take(self) -> dict[str, Any]:
        """Return what changed since the last time."""
        taken = {name: self.shown[name] for name in self._changed}
        self._changed.clear()
        return taken

    def set_plans(
        self,
        areas: Mapping[str, Words],
        plans: Sequence[PlanView],
        placements: Mapping[str, Placement],
    ) -> None:
        """Say what areas are called, which plans there are, and where people placed devices."""
        site: SiteView = self.shown["site"]
        self._set("site", replace(site, areas=areas, plans=plans, placements=placements))

    def set_link(self, *, online: bool) -> None:
        """Say whether the hub hears the broker."""
        self._set("link", "online" if online else "offline")

    def set_processes(self, processes: Sequence[Any]) -> None:
        """Say how the product's processes are."""
        self._set("processes", processes)

    def set_duty(self, duty: Sequence[Any]) -> None:
        """Say who is at which post."""
        self._set("duty", duty)

    def set_canary(self, canary: Any) -> None:
        """Say whether the last test alarm came through."""
        self._set("canary", canary)

    def set_passes(self, counts: Any) -> None:
        """Say how many vehicles are inside, and how many passed today."""
        self._set("passes", counts)

    def set_tests(self, tests: Sequence[Any]) -> None:
        """Say which devices are being tested."""
        self._set("tests", tests)

    def _set(self, name: str, shown: Any) -> None:
        if shown != self.shown[name]:
            self._changed.add(name)
        self.shown[name] = shown
        self._on_change()
