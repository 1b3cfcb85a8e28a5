"""Properties that stand in many data sheets, by their titles in Chinese and English."""

from collections.abc import Iterable

from contract.things import Property


def flag(zh: str, en: str) -> Property:
    """Something that is so, or not."""
    return Property(type="boolean", title={"zh-CN": zh, "en": en})


def text(zh: str, en: str) -> Property:
    """Words that anybody may choose."""
    return Property(type="string", title={"zh-CN": zh, "en": en})


def one_of(zh: str, en: str, choices: Iterable[str]) -> Property:
    """One of these words."""
    return Property(type="string", title={"zh-CN": zh, "en": en}, enum=tuple(map(str, choices)))


def count(zh: str, en: str) -> Property:
    """How many there are."""
    return Property(type="integer", title={"zh-CN": zh, "en": en}, minimum=0)
