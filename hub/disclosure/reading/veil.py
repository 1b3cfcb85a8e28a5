"""Decides whose data may be seen in what leaves: whom the scope names, whom the legal basis reveals. Pure.

A pattern of a plate with wildcards names nobody: all it finds are bystanders.
"""

from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from typing import Final

from contract.plates import folded, normalised
from hub.disclosure.bases import LegalBasis, Reveal
from hub.disclosure.reading.masks import (
    HIDDEN,
    masked_identity,
    masked_key,
    masked_name,
    masked_plate,
    masked_telephone,
    names_nobody,
    without_identity,
)
from hub.disclosure.reading.withheld import Tally
from hub.disclosure.scope import Scope, folded_plate
from hub.passes.pattern import plate_pattern

_MASKS: Final[dict[Reveal, Callable[[str], str]]] = {
    Reveal.PLATES: masked_plate,
    Reveal.PERSONS: masked_key,
    Reveal.NAMES: masked_name,
    Reveal.TELEPHONES: masked_telephone,
    Reveal.IDENTITY: masked_identity,
}
IN_PICTURES: Final = frozenset({Reveal.FACES, Reveal.PLATES})
"""A picture shows both."""

IN_WORDS: Final = frozenset(
    {Reveal.PLATES, Reveal.PERSONS, Reveal.NAMES, Reveal.TELEPHONES, Reveal.BYSTANDERS}
)
"""What may stand in what people wrote, of anybody; identity numbers can be found in it."""


class Subject:
    """Whom a scope names."""

    def __init__(self, scope: Scope) -> None:
        pattern = plate_pattern(scope.plate) if scope.plate else None
        self._pattern = pattern.sought if pattern is not None else None
        self._plate = folded_plate(scope.plate)
        self._person = scope.person
        self._vehicle = scope.vehicle
        self._passes = frozenset(scope.passes)
        self._alarms = frozenset(scope.alarms)

    def is_plate(self, plate: str | None) -> bool:
        """Whether a plate is the one that is named."""
        return bool(plate and self._plate) and folded(normalised(plate or "")) == self._plate

    def is_key(self, key: str | None) -> bool:
        """Whether a key of the register is the person or the vehicle that is named."""
        return bool(key) and key in (self._person, self._vehicle)

    def is_meant(self, plates: Sequence[str], keys: Sequence[str]) -> bool:
        """Whether something that names these plates and keys is all that a scope asks for."""
        return (
            self._person in (None, *keys)
            and self._vehicle in (None, *keys)
            and (self._pattern is None or any(self._is_like(each) for each in plates))
        )

    def _is_like(self, plate: str) -> bool:
        return fnmatchcase(folded(normalised(plate)), self._pattern or "")

    def is_pass(self, seq: int) -> bool:
        """Whether a pass was picked."""
        return seq in self._passes

    def is_alarm(self, ident: str) -> bool:
        """Whether an alarm was picked."""
        return ident in self._alarms


class Veil:
    """Masks what a basis does not reveal, and counts that. `theirs`: it is of whom the scope names."""

    def __init__(self, basis: LegalBasis, scope: Scope, tally: Tally) -> None:
        self._reveals = basis.reveals
        self._all = Reveal.BYSTANDERS in basis.reveals
        self._tally = tally
        self.subject = Subject(scope)
        self.sees_words = self._reveals >= IN_WORDS

    def text(self, what: Reveal, text: str | None, *, theirs: bool) -> str | None:
        """Show a plate, a key, a name or a number, or its mask; what is empty says nothing."""
        if not text:
            return None
        if what in self._reveals and (theirs or self._all):
            return text
        self._tally.add(what.value)
        return _MASKS[what](text)

    def whose(self, sort: str, text: str | None, what: Reveal, *, theirs: bool) -> str | None:
        """Show a plate or a key as `text` does, and note whose data leaves if it is not masked."""
        shown = self.text(what, text, theirs=theirs)
        if text and shown == text:
            self._tally.whose.add((sort, folded(normalised(text)) if sort == "plate" else text))
        return shown

    def shows_pictures(self, *, theirs: bool) -> bool:
        """Whether pictures leave as they were taken, and clips at all."""
        return self._reveals >= IN_PICTURES and (theirs or self._all)

    def words(self, text: str | None) -> str | None:
        """Show what somebody wrote, or that they wrote something."""
        if not text:
            return None
        if not self.sees_words:
            self._tally.add("words")
            return HIDDEN
        if Reveal.IDENTITY in self._reveals:
            return text
        shown = without_identity(text)
        if shown != text:
            self._tally.add(Reveal.IDENTITY.value)
        return shown

    def label(self, text: str) -> str:
        """Show what a site calls something; where that names somebody, as words are shown."""
        return text if names_nobody(text) else self.words(text) or ""

    def left_out(self, what: str) -> None:
        """Count something else that stays."""
        self._tally.add(what)
