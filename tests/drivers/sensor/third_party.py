"""Other people's Modbus slaves with a sensor's registers; tests/drivers/gate/third_party.py talks to them."""

from dataclasses import dataclass, field
from typing import Any

from tests.drivers.gate.third_party import Board


@dataclass(kw_only=True)
class Slave(Board):
    """One slave whose tables the test fills."""

    tables: dict[str, list[Any]] = field(default_factory=dict)

    async def holds(self, **tables: list[Any]) -> None:
        """Let tables hold these values, from address 0."""
        self.tables |= tables
        await self._tell(**self._shown())

    def _shown(self) -> dict[str, Any]:
        return dict(self.tables)
