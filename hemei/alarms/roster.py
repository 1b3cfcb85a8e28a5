"""What is wrong with contacts, posts, supplies and kinds of work orders."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from hemei.alarms.faults import words_faults
from hemei.alarms.known import Known, unknown
from hemei.alarms.tables import AlarmTables
from hub.alarms.supply import Supply
from hub.orders.kinds import OrderKind, WorkingHours


def faults(tables: AlarmTables, known: Known) -> Iterator[str]:
    """Yield what is wrong, each beginning with its table."""
    yield from _repeats("[[contact]] id", (each.id for each in tables.contact))
    yield from _repeats("[[post]] id", (each.id for each in tables.post))
    yield from _repeats("[[supply]] id", (each.id for each in tables.supply))
    yield from _repeats("[[order_kind]] key", (each.key for each in tables.order_kind))
    for contact in tables.contact:
        place = f"[contact {contact.id}]"
        yield from words_faults(contact.title, f"{place} title", required=True)
        yield from unknown(f"{place} post", [contact.post] if contact.post else [], known.posts)
    for post in tables.post:
        yield from words_faults(post.title, f"[post {post.id}] title", required=True)
        yield from unknown(f"[post {post.id}] areas", post.areas, known.areas)
    for supply in tables.supply:
        yield from _supply_faults(supply, known)
    for kind in tables.order_kind:
        yield from _order_faults(kind, known)
    yield from _hours_faults(tables.orders.working_hours)


def _supply_faults(supply: Supply, known: Known) -> Iterator[str]:
    place = f"[supply {supply.id}]"
    yield from words_faults(supply.title, f"{place} title", required=True)
    yield from unknown(f"{place} devices", supply.devices, known.devices)
    yield from unknown(f"{place} areas", supply.areas, known.areas)
    those = known.devices.items()
    count = sum(name in supply.devices or area in supply.areas for name, area in those)
    if count < supply.least:
        yield f"{place} least = {supply.least}: only {count} devices hang on it; allowed: 2 to {count}"


def _order_faults(kind: OrderKind, known: Known) -> Iterator[str]:
    place = f"[order_kind {kind.key}]"
    yield from words_faults(kind.title, f"{place} title", required=True)
    yield from known.teller_faults((*kind.tell, *kind.tell_overdue), place)
    if kind.respond_min > kind.resolve_min:
        yield (
            f"{place} respond_min = {kind.respond_min:g}: is after resolve_min; allowed: up to"
            f" {kind.resolve_min:g}"
        )


def _hours_faults(hours: WorkingHours) -> Iterator[str]:
    place = "[orders.working_hours]"
    if not hours.days:
        yield f"{place} days: is empty; allowed: 1 (Monday) to 7 (Sunday), at least one"
    for name in ("holidays", "extra_days"):
        for day in getattr(hours, name):
            try:
                date.fromisoformat(day)
            except ValueError:
                yield f"{place} {name} = {day!r}: is no day; allowed: YYYY-MM-DD"


def _repeats(what: str, values: Iterable[str]) -> Iterator[str]:
    for value, count in Counter(values).items():
        if count > 1:
            yield f"{what} = {value!r}: stands {count} times; allowed: once"
