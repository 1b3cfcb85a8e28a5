"""Settings as variables of components (OCPP 2.0.1 B05 to B07)."""

from collections.abc import Mapping
from typing import Any

from ocpp.v201 import call

from simulators.charger.ocpp.settings import VARIABLES, Settings

COMPONENTS = frozenset(component for component, _ in VARIABLES)


def get_variable(settings: Settings, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of asking for one variable."""
    key, told = _find(asked)
    if key is None:
        return told
    return told | {"attribute_status": "Accepted", "attribute_value": settings.entries()[key].value}


def set_variable(settings: Settings, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return the result of setting one variable."""
    key, told = _find(asked)
    if key is None:
        return told
    taken = settings.set(key, asked["attribute_value"])
    return told | {"attribute_status": "Accepted" if taken else "Rejected"}


def report(settings: Settings, request_id: int, now: str) -> Any:
    """Return a NotifyReport of all there are."""
    entries = settings.entries()
    data = [
        {
            "component": {"name": component},
            "variable": {"name": variable},
            "variable_attribute": [
                {
                    "value": entries[key].value,
                    "mutability": "ReadOnly" if entries[key].readonly else "ReadWrite",
                }
            ],
            "variable_characteristics": {"data_type": "string", "supports_monitoring": False},
        }
        for (component, variable), key in VARIABLES.items()
    ]
    return call.NotifyReport(request_id=request_id, generated_at=now, seq_no=0, report_data=data)


def _find(asked: Mapping[str, Any]) -> tuple[str | None, dict[str, Any]]:
    """Return the key of 1.6 that is meant, and the result so far."""
    component, variable = asked["component"], asked["variable"]
    told = {"component": component, "variable": variable}
    if asked.get("attribute_type", "Actual") != "Actual":
        return None, told | {"attribute_status": "NotSupportedAttributeType"}
    key = VARIABLES.get((component["name"], variable["name"]))
    if key is None:
        unknown = "UnknownVariable" if component["name"] in COMPONENTS else "UnknownComponent"
        return None, told | {"attribute_status": unknown}
    return key, told
