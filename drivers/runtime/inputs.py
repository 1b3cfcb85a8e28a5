"""Whether an action's input, or a device's properties, are what its model says. Pure."""

import math
from collections.abc import Mapping
from typing import Any, Final

from contract.errors import Refused
from contract.things import ActionSpec, Property

_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
}


def check_input(spec: ActionSpec, given: Mapping[str, Any]) -> None:
    """Raise Refused, naming the field, unless `given` has exactly the fields of `spec`, each right."""
    for name in spec.input.keys() - given.keys():
        raise Refused(f"input lacks {name!r}", code="invalid-input")
    for name, value in given.items():
        if name not in spec.input:
            raise Refused(f"input has no field {name!r}", code="invalid-input")
        fault = value_fault(spec.input[name], value)
        if fault:
            raise Refused(f"input {name!r}: {fault}", code="invalid-input")


def value_fault(spec: Property, value: Any) -> str | None:
    """Say what is wrong with `value`, None if nothing is."""
    if not isinstance(value, _TYPES[spec.type]) or (isinstance(value, bool) and spec.type != "boolean"):
        return f"must be {spec.type}"
    if isinstance(value, float) and not math.isfinite(value):
        return "must be finite"
    if spec.enum and value not in spec.enum:
        return f"must be one of {', '.join(spec.enum)}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        if spec.minimum is not None and value < spec.minimum:
            return f"must be at least {spec.minimum}"
        if spec.maximum is not None and value > spec.maximum:
            return f"must be at most {spec.maximum}"
    return None


def type_fault(spec: Property, value: Any) -> str | None:
    """Say what is wrong with the type of a property's value; None stands for unknown and is always right."""
    if value is None:
        return None
    if not isinstance(value, _TYPES[spec.type]) or (isinstance(value, bool) and spec.type != "boolean"):
        return f"must be {spec.type}, is {value!r}"
    return None
