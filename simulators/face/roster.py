"""Whom a face terminal holds: people it was given, and the faces that it learned of them itself.

A face is only a word here: that the terminal knows one. What it holds outlives a power cut, and with a file
also the simulator's end.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from simulators.errors import BadOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """One person on the terminal. Times in Unix seconds; `barred` is on its blacklist."""

    key: str
    name: str = ""
    barred: bool = False
    valid_from_s: float | None = None
    valid_until_s: float | None = None
    cards: tuple[str, ...] = ()
    code: str = ""
    face: bool = False

    def may_pass(self, now_s: float) -> bool:
        """Whether the terminal lets the person in now."""
        begun = self.valid_from_s is None or now_s >= self.valid_from_s
        return not self.barred and begun and (self.valid_until_s is None or now_s < self.valid_until_s)


class Roster:
    """All people of one terminal, in the order in which they came. `most` is how many it can hold.

    `forgotten` are those whose faces it lost by order.
    """

    def __init__(self, file: Path | None, *, most: int) -> None:
        self.most = most
        self.forgotten: set[str] = set()
        self._file = file
        self._people: dict[str, Holder] = {each.key: each for each in _read(file)}
        self._written: list[Holder] = list(self._people.values())

    def __iter__(self) -> Iterator[Holder]:
        return iter(self._people.values())

    def __len__(self) -> int:
        return len(self._people)

    def find(self, key: str) -> Holder | None:
        """Return a person, None if the terminal does not know them."""
        return self._people.get(key)

    def put(self, person: Holder) -> bool:
        """Add somebody, or change them; a face stays. False where there is no room."""
        known = self._people.get(person.key)
        if known is None and len(self._people) >= self.most:
            return False
        self._people[person.key] = replace(person, face=person.face or (known is not None and known.face))
        return True

    def drop(self, key: str) -> bool:
        """Delete somebody with the face; False if there is nobody."""
        person = self._people.pop(key, None)
        if person is not None and person.face:
            self.forgotten.add(key)
        return person is not None

    def learn(self, key: str) -> bool:
        """Learn a face; False if there is nobody to whom it belongs."""
        self.forgotten.discard(key)
        return self._change(key, face=True)

    def unlearn(self, key: str) -> bool:
        """Forget a face and keep the person."""
        self.forgotten.add(key)
        return self._change(key, face=False)

    def give_cards(self, key: str, cards: tuple[str, ...]) -> bool:
        """Replace somebody's cards."""
        return self._change(key, cards=cards)

    def save(self) -> None:
        """Write the file, if there is one and something has changed; a kill leaves the old or the new one."""
        now = list(self._people.values())
        if self._file is None or now == self._written:
            return
        self._written = now
        self._file.parent.mkdir(parents=True, exist_ok=True)
        new = self._file.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text(json.dumps([asdict(each) for each in now]), encoding="utf-8")
        new.replace(self._file)

    def _change(self, key: str, **changes: object) -> bool:
        person = self._people.get(key)
        if person is None:
            return False
        self._people[key] = replace(person, **changes)  # type: ignore[arg-type] # callers name fields
        return True


def _read(file: Path | None) -> Iterator[Holder]:
    if file is None or not file.exists():
        return
    try:
        for each in json.loads(file.read_text(encoding="utf-8")):
            yield Holder(**{**each, "cards": tuple(each["cards"])})
    except (OSError, ValueError, TypeError, KeyError) as wrong:
        raise BadOptions(f"cannot read state_file {file}: {wrong}") from wrong
