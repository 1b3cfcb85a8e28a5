"""Which questions of a definition the past can answer. Pure."""

from hub.alarms.definition import Definition, leaves


def unanswered(definition: Definition) -> list[str]:
    """Return what is asked of which nothing is kept: `connectivity`, `stale`, `missed`."""
    asked = [*leaves(definition.raised_by)]
    asked += leaves(definition.returned_by) if definition.returned_by is not None else []
    held = (
        ("connectivity", any(each.connectivity for each in asked)),
        ("stale", any(each.stale is not None for each in asked)),
        ("missed", any(each.missed for each in asked)),
    )
    return [name for name, is_asked in held if is_asked]


def answerable(definition: Definition) -> bool:
    """Whether the past can say at all whether it would have been raised."""
    return any(each.property or each.event for each in leaves(definition.raised_by))
