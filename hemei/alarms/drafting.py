"""Reads a definition that is to be tried: as the site file would, with the same faults named."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, field

from contract.errors import ConfigurationError, InvalidMessage
from hemei import strict
from hemei.alarms import faults
from hemei.alarms.in_force import Definitions, change_faults, changed, with_own_names
from hemei.alarms.known import Known
from hemei.alarms.shipped import shipped
from hemei.alarms.tables import AlarmTables
from hemei.toml_text import toml_table
from hub.alarms.definition import Definition
from hub.alarms.drafts import Draft, Origin

CODE: Final = "bad-definition"


class _Written(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody pastes: one of the two."""

    alarm: list[dict[str, Any]] = field(default_factory=list)
    alarm_change: dict[str, dict[str, Any]] = field(default_factory=dict)


class SiteDrafting:
    """Knows the tables of a site file that was found right; `raw` are its own, as they are written."""

    def __init__(self, file: Path, tables: AlarmTables, there: Definitions, known: Known) -> None:
        self._file = file
        self._tables = tables
        self._there = there
        self._known = known
        self._raw = {each["key"]: each for each in strict.read_toml(file).get("alarm", ())}

    def origin(self, key: str) -> Origin | None:
        """Return where a definition is written."""
        source = self._there.source.get(key)
        if source is None:
            return None
        place = self._there.place(key)
        return Origin(source=source, file=str(self._file.name) if place else None, place=place)

    def read(self, toml: str) -> Draft:
        """Read one `[[alarm]]` or one `[alarm_change.KEY]`."""
        try:
            table = tomllib.loads(toml)
        except tomllib.TOMLDecodeError as wrong:
            raise InvalidMessage(f"not TOML: {wrong}", code=CODE) from wrong
        written = _converted(table, _Written, "")
        if len(written.alarm) + len(written.alarm_change) != 1:
            raise InvalidMessage("allowed: exactly one table, [[alarm]] or [alarm_change.KEY]", code=CODE)
        for key, change in written.alarm_change.items():
            return self._change(key, change)
        return self._alarm(written.alarm[0])

    def change(self, key: str, fields: Mapping[str, Any]) -> Draft:
        """Give single fields of a definition in force anew, beside what the site file says already."""
        if key in self._raw:
            return self._alarm({**self._raw[key], **fields})
        return self._change(key, {**self._tables.alarm_change.get(key, {}), **fields})

    def _alarm(self, table: Mapping[str, Any]) -> Draft:
        key = str(table.get("key", "?"))
        definition = _converted(table, Definition, f"alarm {key}")
        if definition.key in shipped().tables:
            raise InvalidMessage(
                f"[alarm {key}] key: ships with the product; allowed: [alarm_change.{key}]", code=CODE
            )
        self._check(definition, f"[alarm {key}]", self._known)
        return Draft(definition=definition, toml=toml_table("[[alarm]]", table))

    def _change(self, key: str, change: Mapping[str, Any]) -> Draft:
        wrong = list(change_faults(key, change))
        if wrong:
            raise InvalidMessage("\n".join(wrong), code=CODE)
        definition = _converted(changed(shipped(), key, change), Definition, f"alarm_change.{key}")
        self._check(definition, f"[alarm_change.{key}]", with_own_names(key, self._known))
        return Draft(definition=definition, toml=toml_table(f"[alarm_change.{key}]", change))

    def _check(self, definition: Definition, place: str, known: Known) -> None:
        wrong = [f"{place} {fault}" for fault in faults.faults(definition, known)]
        if wrong:
            raise InvalidMessage("\n".join(wrong), code=CODE)


def _converted(table: Mapping[str, Any], struct: type[Any], where: str) -> Any:
    """Read a table; InvalidMessage lists every fault."""
    wrong = list(strict.faults(table, struct, where))
    if wrong:
        raise InvalidMessage("\n".join(wrong), code=CODE)
    try:
        return strict.convert(table, struct, where=where)
    except ConfigurationError as fault:
        raise InvalidMessage(str(fault), code=CODE) from fault
