"""What a library was told of a site's devices: which there are, and whether each is heard."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class DevicesTold:
    """By ApeID: the newest list, and the newest status of each (1 heard, 2 not, 9 nobody knows)."""

    listed: dict[str, dict[str, Any]] = field(default_factory=dict)
    online: dict[str, str] = field(default_factory=dict)
    _since: dict[str, str] = field(default_factory=dict)
    _listed_at: str = ""

    def take(self, notification: dict[str, Any]) -> None:
        """Take what a notification says of devices; what happened before what is known changes nothing."""
        listed = notification.get("DeviceList", {}).get("APEObject")
        if listed is not None and notification["TriggerTime"] >= self._listed_at:
            self.listed = {each["ApeID"]: each for each in listed}
            self._listed_at = notification["TriggerTime"]
        for each in notification.get("DeviceStatusList", {}).get("APEStatusObject", ()):
            if each["CurrentTime"] >= self._since.get(each["ApeID"], ""):
                self.online[each["ApeID"]] = each["IsOnline"]
                self._since[each["ApeID"]] = each["CurrentTime"]
