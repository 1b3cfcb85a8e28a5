"""What is wrong with a definition, as far as it shows by itself and by the names that the site has."""

from collections.abc import Iterator

from hemei.alarms import questions
from hemei.alarms.known import Known, unknown
from hub.alarms.definition import Definition, Kind, Link, Priority, Words


def faults(definition: Definition, known: Known) -> Iterator[str]:
    """Yield what is wrong, each as `KEY: reason; allowed: …`, where KEY may have dots."""
    yield from words_faults(definition.title, "title", required=True)
    yield from words_faults(definition.rationale, "rationale")
    for number, step in enumerate(definition.steps, 1):
        yield from words_faults(step, f"steps {number}", required=True)
    yield from known.scope_faults(definition.on, "on")
    yield from questions.faults(definition.raised_by, "raise")
    if definition.returned_by is not None:
        yield from questions.faults(definition.returned_by, "return")
    yield from _kind_faults(definition)
    yield from known.teller_faults(definition.tell, "")
    yield from _escalation_faults(definition, known)
    for number, link in enumerate(definition.link, 1):
        yield from _link_faults(link, known, f"link {number}")
    if definition.order is not None:
        yield from unknown("order", (definition.order,), known.order_kinds)


def words_faults(words: Words, place: str, *, required: bool = False) -> Iterator[str]:
    """Yield what is wrong with a text in several languages."""
    if (required and not words) or not all(each.strip() for each in words.values()):
        yield f'{place}: is empty; allowed: a text per language, {{zh-CN = "…", en = "…"}}'


def _kind_faults(definition: Definition) -> Iterator[str]:
    """Look at what only a condition, which lasts, or only an incident, which happens, can have."""
    by_event = questions.has_event(definition.raised_by)
    if definition.kind is Kind.CONDITION:
        if by_event and definition.returned_by is None and not definition.off_delay_s:
            yield (
                "return: is missing: an event does not say how long it lasts; allowed: a test, such as the"
                ' event that ends it; off_delay_s, the quiet that ends it; or kind = "incident"'
            )
        return
    if not by_event:
        yield 'raise: an incident is something that happens; allowed: an event, or kind = "condition"'
    nonsense = {
        "latching": definition.latching,
        "return": definition.returned_by is not None,
        "on_delay_s": definition.on_delay_s > 0,
        "off_delay_s": definition.off_delay_s > 0,
    }
    for name, is_given in nonsense.items():
        if is_given:
            yield f'{name}: an incident holds until a person closes it; allowed: with kind = "condition"'


def _escalation_faults(definition: Definition, known: Known) -> Iterator[str]:
    last_s, priority = 0.0, definition.priority
    for number, step in enumerate(definition.escalate, 1):
        place = f"escalate {number}"
        yield from known.teller_faults(step.tell, place)
        if step.after_s <= last_s:
            yield f"{place} after_s = {step.after_s:g}: allowed: more than {last_s:g}, that of the one before"
        if not step.tell and step.raise_to is None:
            yield f"{place}: does nothing; allowed: tell, raise_to or both"
        if step.raise_to is not None and step.raise_to.rank >= priority.rank:
            graver = ", ".join(each.value for each in Priority if each.rank < priority.rank) or "none"
            yield f"{place} raise_to = {step.raise_to.value!r}: is not graver; allowed: {graver}"
        last_s, priority = max(last_s, step.after_s), step.raise_to or priority


def _link_faults(link: Link, known: Known, place: str) -> Iterator[str]:
    yield from known.scope_faults(link.to, f"{place} to")
    if not link.to.kinds and not link.to.devices:
        yield f"{place} to: could be anything; allowed: kinds or devices that know the action {link.action}"
    if link.unless is not None:
        yield from questions.faults(link.unless, f"{place} unless")
        if questions.has_event(link.unless):
            yield f"{place} unless: asks how the target is now; allowed: any question but event"
