"""The ways in which Home Assistant may make a device act, as far as the site file allows them.

Every command carries the moment of the press, so that one that arrives late is refused. Home Assistant can
add it only where it has a `command_template`: buttons, locks, valves, choices and numbers, not covers and
switches. A barrier therefore has buttons.

What an action needs as input must be known: from the site file, or because the action sets one property, as
`set-mode` with an input `mode` does where the device has a property `mode`.
"""

from collections.abc import Iterator
from typing import Any, Final

from contract.things import ActionSeen, SchemaSeen
from hub.home_assistant import topics
from hub.home_assistant.entities import Config, Entity, Subject, entity, value_of

ONLINE: Final = "value_json.online"
PRESSED: Final = "{{ utcnow().isoformat() }}"
LAST: Final = "last-command"
LAST_TITLE: Final = {"zh-CN": "最近指令", "en": "Last command"}
VALVE_TITLE: Final = {"zh-CN": "阀门", "en": "Valve"}
LOCK_TITLE: Final = {"zh-CN": "门锁", "en": "Lock"}

OUTCOMES: Final = ("requested", "accepted", "succeeded", "failed", "refused", "expired")


def controls(subject: Subject) -> list[Entity]:
    """Return the entities that make a device act; none where the site file does not allow it."""
    if not offered(subject):
        return []
    return [*_buttons(subject), *_setters(subject), *_lock(subject), *_valve(subject), _last(subject)]


def offered(subject: Subject) -> dict[str, dict[str, Any]]:
    """Return what Home Assistant may ask a device to do, each with the input that the site file gives."""
    if not subject.settings.allows(subject.address):
        return {}
    given = {name: subject.settings.input_of(subject.address, name) for name in subject.description.actions}
    return {
        name: given[name]
        for name, seen in subject.description.actions.items()
        if topics.is_name(name) and (_is_ready(seen, given[name]) or _sets(subject, seen) is not None)
    }


def _is_ready(action: ActionSeen, given: dict[str, Any]) -> bool:
    return all(name in given for name in action.input.required)


def _sets(subject: Subject, action: ActionSeen) -> str | None:
    """Return the property that an action sets: its one input has its name, and its choices or numbers."""
    if len(action.input.properties) != 1:
        return None
    ((name, schema),) = action.input.properties.items()
    shown = subject.description.properties.get(name)
    alike = shown is not None and (shown.type, shown.enum) == (schema.type, schema.enum)
    return name if alike and topics.is_name(name) and (schema.enum or _limited(schema)) else None


def _limited(schema: SchemaSeen) -> bool:
    numeric = schema.type in ("integer", "number")
    return numeric and schema.minimum is not None and schema.maximum is not None


def _control(subject: Subject, name: str, titles: dict[str, str], template: str) -> Config:
    shared = entity(subject, name, subject.words(titles, name), ONLINE)
    commanding = {
        "command_topic": topics.command(subject.address),
        "command_template": template,
        "qos": 0,
        "retain": False,
    }
    return shared | commanding


def _pressing(action: str) -> str:
    return f'{{"at": "{PRESSED}", "action": "{action}"}}'


def _buttons(subject: Subject) -> Iterator[Entity]:
    for name, given in offered(subject).items():
        action = subject.description.actions[name]
        if _is_ready(action, given):
            config = _control(subject, name, action.titles, _pressing(name))
            del config["state_topic"]
            yield Entity("button", name, config)


def _setters(subject: Subject) -> Iterator[Entity]:
    for name in offered(subject):
        action = subject.description.actions[name]
        setting = _sets(subject, action)
        if setting is None:
            continue
        schema = action.input.properties[setting]
        value = "{{ value | tojson }}" if schema.enum else "{{ value }}"
        template = f'{{"at": "{PRESSED}", "action": "{name}", "input": {{"{setting}": {value}}}}}'
        config = _control(subject, name, action.titles, template)
        config["value_template"] = f"{{{{ {value_of(setting)} }}}}"
        if schema.enum:
            yield Entity("select", name, config | {"options": list(schema.enum)})
        else:
            yield Entity("number", name, config | {"min": schema.minimum, "max": schema.maximum})


def _either(subject: Subject, name: str, titles: dict[str, str], *actions: str) -> Config | None:
    """Return a control that asks for either of two actions; None unless both can be pressed."""
    there, known = offered(subject), subject.description.actions
    if not all(each in there and _is_ready(known[each], there[each]) for each in actions):
        return None
    return _control(subject, name, titles, f'{{"at": "{PRESSED}", "action": "{{{{ value }}}}"}}')


def _lock(subject: Subject) -> Iterator[Entity]:
    config = _either(subject, "lock", LOCK_TITLE, "lock", "unlock")
    locked = subject.description.properties.get("locked")
    if config is not None and locked is not None and locked.type == "boolean":
        states = f"{{true: 'LOCKED', false: 'UNLOCKED'}}.get({value_of('locked')}, none)"
        presses = {"payload_lock": "lock", "payload_unlock": "unlock"}
        yield Entity("lock", "lock", config | presses | {"value_template": f"{{{{ {states} }}}}"})


def _valve(subject: Subject) -> Iterator[Entity]:
    config = _either(subject, "valve", VALVE_TITLE, "run", "stop")
    opened = subject.description.properties.get("valve-open")
    if config is not None and opened is not None and opened.type == "boolean":
        states = f"{{true: 'open', false: 'closed'}}.get({value_of('valve-open')}, none)"
        presses = {"payload_open": "run", "payload_close": "stop", "device_class": "water"}
        there = {"availability": _available_where(config, "'valve-open' in value_json.properties")}
        yield Entity("valve", "valve", config | presses | there | {"value_template": f"{{{{ {states} }}}}"})


def _available_where(config: Config, there: str) -> list[Config]:
    """Return the availability of a control that also shows a state: that must be there too."""
    status, own = config["availability"]
    return [status, own | {"value_template": f"{{{{ 'online' if {there} else 'offline' }}}}"}]


def _last(subject: Subject) -> Entity:
    """Return what shows what became of the last command."""
    config = entity(subject, LAST, subject.words(LAST_TITLE, LAST), "'command' in value_json")
    return Entity(
        "sensor",
        LAST,
        config
        | {
            "value_template": "{{ value_json.get('command', {}).get('status') }}",
            "device_class": "enum",
            "options": list(OUTCOMES),
            "entity_category": "diagnostic",
            "json_attributes_topic": topics.state(subject.address),
            "json_attributes_template": "{{ value_json.get('command', {}) | tojson }}",
        },
    )
