"""What the command line says about a demo."""

from pathlib import Path
from typing import Literal

from msgspec import Struct

from contract.errors import ConfigurationError
from hemei.demo import community
from hemei.demo.community import Choice
from hemei.faults import read_faults
from hemei.mosquitto import find_program
from simulators.scenarios import scenario_names


class Options(Struct, frozen=True, kw_only=True):
    """`http_port` None: 8080 or, if that is taken, another; 0: any. `broker` "auto": mosquitto if there."""

    data_dir: Path
    http_port: int | None = None
    ready_file: Path | None = None
    faults: tuple[str, ...] = ()
    scenario: str = "day"
    starts: str | None = None
    speed: float = 1.0
    choice: Choice = Choice()
    broker: Literal["auto", "mosquitto", "amqtt"] = "auto"

    def check(self) -> None:
        """Raise ConfigurationError if a fault or scenario cannot be."""
        read_faults(self.faults)
        if self.scenario not in scenario_names():
            allowed = ", ".join(scenario_names())
            raise ConfigurationError(f"--scenario {self.scenario!r}: allowed: {allowed}")
        unknown = [kind for kind in self.choice.kinds if kind not in community.kinds()]
        if unknown:
            allowed = ", ".join(community.kinds())
            raise ConfigurationError(f"--kinds {', '.join(unknown)}: allowed: {allowed}")

    def mosquitto(self) -> str | None:
        """Return the path of mosquitto, None to use amqtt; ConfigurationError if it was asked for in vain."""
        if self.broker == "amqtt":
            return None
        program = find_program()
        if program is None and self.broker == "mosquitto":
            raise ConfigurationError("--broker mosquitto: is not installed; allowed: amqtt, or install it")
        return program
