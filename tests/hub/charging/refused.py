"""What it looks like when charging refuses something."""

from typing import Any

import pytest

from hub.charging.refusals import ChargingRefused


async def refused(attempt: Any) -> tuple[str, int]:
    """Return code and HTTP status of what is refused."""
    with pytest.raises(ChargingRefused) as wrong:
        await attempt
    return wrong.value.code, wrong.value.status
