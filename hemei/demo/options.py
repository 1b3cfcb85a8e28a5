"""What the command line says about a demo."""

from pathlib import Path

from msgspec import Struct

from contract.errors import ConfigurationError
from hemei.demo import community
from hemei.faults import read_faults
from simulators.scenarios import scenario_names


class Options(Struct, frozen=True, kw_only=True):
    """`http_port` None: 8080, or another if that is taken; 0: any."""

    data_dir: Path
    http_port: int | None = None
    ready_file: Path | None = None
    faults: tuple[str, ...] = ()
    scenario: str = "everyday"
    gates: int = len(community.MAIN_LANES)

    def check(self) -> None:
        """Raise ConfigurationError if a fault or scenario cannot be."""
        read_faults(self.faults)
        if self.scenario not in scenario_names():
            allowed = ", ".join(scenario_names())
            raise ConfigurationError(f"--scenario {self.scenario!r}: allowed: {allowed}")
