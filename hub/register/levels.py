"""Access levels: where and when who has them may pass."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, select

from contract.lists import Category, ListName, Period
from hub.alarms.alarm import Actor
from hub.register.entries import VISITORS, level_entry
from hub.register.keeping import Keeping, check_version, there
from hub.register.records import Level, Person, Vehicle
from hub.register.refusals import RegisterRefused
from hub.register.schema import levels, people, vehicles
from hub.register.show import shown_level
from hub.register.view import LevelList, LevelView

EVERYWHERE: Final = ("door/*", "gate/*")
DEFAULTS: Final = (
    Level(key="residents", title={"zh-CN": "业主住户", "en": "Residents"}, places=EVERYWHERE),
    Level(key="staff", title={"zh-CN": "物业员工", "en": "Staff"}, places=("*",)),
    Level(key=VISITORS, title={"zh-CN": "访客", "en": "Visitors"}, places=EVERYWHERE),
    Level(
        key="service",
        title={"zh-CN": "服务人员", "en": "Services"},
        places=EVERYWHERE,
        periods=(Period(start="06:00", end="22:00"),),
    ),
)
"""What a new register begins with."""

DEFAULT_OF: Final[Mapping[Category, str]] = MappingProxyType(
    {
        Category.RESIDENT: "residents",
        Category.STAFF: "staff",
        Category.VISITOR: VISITORS,
        Category.SERVICE: "service",
    }
)
"""The level of whom nobody gave another one."""

KEPT: Final = frozenset(DEFAULT_OF.values())


def levels_after(changes: dict[str, Any], before: Person | Vehicle | None = None) -> dict[str, Any]:
    """Return changes with levels: of whom nobody says other ones, those of the category."""
    category = changes.get("category", Category.RESIDENT if before is None else before.category)
    if "levels" not in changes:
        usual = before is None or before.levels == (DEFAULT_OF[before.category],)
        if not usual:
            return changes
    elif changes["levels"] is not None:
        return changes
    return changes | {"levels": (DEFAULT_OF[category],)}


class Levels:
    """One tenant's access levels. Lives on the hub's event loop."""

    def __init__(self, keeping: Keeping) -> None:
        self._keeping = keeping
        self._rows = keeping.tables.levels

    async def all(self) -> LevelList:
        """List the levels."""
        return await self._keeping.read(self._all)

    async def put(self, key: str, fields: Mapping[str, Any], version: int | None, who: Actor) -> LevelView:
        """Make a level, or change the one that was seen at `version`. Stale."""

        def work(connection: Connection) -> LevelView:
            before = self._rows.hold(connection, key)
            used = self._used(connection)[key]
            now_ms = self._keeping.clock.now_ms()
            if before is None:
                check_version(0, version or 0, lambda: None)
                after = Level(key=key, changed_ms=now_ms, **fields)
                self._rows.add(connection, [after])
            else:
                check_version(before.version, version, lambda: shown_level(before, used))
                after = self._rows.change(connection, before, changed_ms=now_ms, **fields)
            self._keeping.lists.put(connection, [self._entry(after)])
            details = msgspec.to_builtins(replace(after, title={}))
            self._keeping.trail.write(connection, who, "level.changed", key, level=details)
            return shown_level(after, used)

        return await self._keeping.write(work)

    async def remove(self, key: str, version: int, who: Actor) -> LevelList:
        """Remove a level that nobody has. Stale, RegisterRefused, Unknown."""

        def work(connection: Connection) -> LevelList:
            level, used = there(self._rows.hold(connection, key), "level"), self._used(connection)[key]
            check_version(level.version, version, lambda: shown_level(level, used))
            if used or key in KEPT:
                raise RegisterRefused(
                    "the level is in use, or one that every register has", code="level-in-use"
                )
            connection.execute(
                levels.delete().where(levels.c.tenant == self._rows.tenant, levels.c.key == key)
            )
            self._keeping.lists.drop(connection, ListName.LEVELS, [key])
            self._keeping.trail.write(connection, who, "level.removed", key)
            return self._all(connection)

        return await self._keeping.write(work)

    def begin(self, connection: Connection) -> None:
        """Make the levels that a register begins with, and have the lists know the site's time zone."""
        now_ms = self._keeping.clock.now_ms()
        self._rows.add(connection, [replace(each, changed_ms=now_ms) for each in DEFAULTS])
        self._keeping.lists.put(connection, map(self._entry, self._rows.find(connection)))

    def _all(self, connection: Connection) -> LevelList:
        used = self._used(connection)
        found = self._rows.find(connection, order=[levels.c.key])
        return LevelList([shown_level(each, used[each.key]) for each in found])

    def _used(self, connection: Connection) -> Counter[str]:
        """Count who has which; many have the same, so that few texts are read."""
        used: Counter[str] = Counter()
        for table, gone in ((people, people.c.left_ms), (vehicles, vehicles.c.removed_ms)):
            query = select(table.c.levels).where(table.c.tenant == self._rows.tenant, gone.is_(None))
            for text, count in Counter(connection.execute(query).scalars()).items():
                used.update(dict.fromkeys(msgspec.json.decode(text), count))
        return used

    def _entry(self, level: Level) -> Any:
        return level_entry(level, self._keeping.site.zone.key)
