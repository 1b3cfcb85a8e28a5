"""What the machine was doing before a benchmark began: figures taken on a busy one say little."""

import asyncio
import os
from typing import Final, Self

import psutil
from msgspec import Struct

LOOKED_FOR_S: Final = 1.0


class Machine(Struct, frozen=True, kw_only=True):
    """`busy_cores`: how many were busy with other things, over a second; `load`: the mean of a minute."""

    cores: int
    busy_cores: float
    load: float

    @classmethod
    async def now(cls) -> Self:
        """Look for a second."""
        psutil.cpu_percent(percpu=True)
        await asyncio.sleep(LOOKED_FOR_S)
        each = psutil.cpu_percent(percpu=True)
        return cls(cores=len(each), busy_cores=round(sum(each) / 100, 2), load=round(os.getloadavg()[0], 2))
