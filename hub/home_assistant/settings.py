"""What the site file says of Home Assistant."""

from typing import Annotated, Any

from msgspec import Meta, Struct, field

from contract.topics import Address


class HomeAssistantSettings(Struct, frozen=True, kw_only=True):
    """`[home_assistant]`: whether it may see the devices, and which of them it may make act.

    `prefix` is its discovery prefix; `language` that of all titles. `allow` names devices, `kind/device`.
    `inputs` gives what an action is pressed with, by `kind/device/action`: an action that needs more is not
    offered. `mqtt_password_file` keeps the secret of its account at the broker.
    """

    enabled: bool = False
    prefix: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,64}$")] = "homeassistant"
    language: str = "zh-CN"
    allow: tuple[str, ...] = ()
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    mqtt_username: str = "home-assistant"
    mqtt_password_file: str = "secrets/home-assistant.mqtt"  # noqa: S105 - names a file

    def allows(self, address: Address) -> bool:
        """Whether it may make a device act."""
        return f"{address.kind}/{address.device}" in self.allow

    def input_of(self, address: Address, action: str) -> dict[str, Any]:
        """Return what the site file says that an action is pressed with."""
        return self.inputs.get(f"{address.kind}/{address.device}/{action}", {})
