"""Which passes leave as which kind, as conditions on the record of passes. Pure."""

from sqlalchemy import ColumnElement, and_, not_

from contract.passes import DOOR_KIND, GATE_KIND, Means
from hub.ledger.by_number import unindexed
from hub.passes.schema import passes
from hub.viid.settings import Kind, ViidSettings


def leaving(settings: ViidSettings, kind: Kind) -> ColumnElement[bool]:
    """Say what leaves: it is of the kind, and its device has an id."""
    return and_(_of_kind(settings, kind), _named(settings, kind))


def nameless(settings: ViidSettings, kind: Kind) -> ColumnElement[bool]:
    """Say what would leave if its device had an id."""
    return and_(_of_kind(settings, kind), not_(_named(settings, kind)))


def _of_kind(settings: ViidSettings, kind: Kind) -> ColumnElement[bool]:
    if kind is Kind.MOTOR_VEHICLES:
        outcomes = [each.value for each in settings.motor_vehicles.outcomes]
        return and_(unindexed(passes.c.kind) == GATE_KIND, unindexed(passes.c.outcome).in_(outcomes))
    shown = and_(unindexed(passes.c.kind) == DOOR_KIND, passes.c.pictures != "[]")
    return shown if kind is Kind.PERSONS else and_(shown, unindexed(passes.c.means) == Means.FACE.value)


def _named(settings: ViidSettings, kind: Kind) -> ColumnElement[bool]:
    of = GATE_KIND if kind is Kind.MOTOR_VEHICLES else DOOR_KIND
    names = [each.device.partition("/")[2] for each in settings.device if each.device.startswith(f"{of}/")]
    return unindexed(passes.c.device).in_(names)
