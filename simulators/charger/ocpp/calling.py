"""The WebSocket of a post: where it calls, and how it says who it is."""

import ssl
from base64 import b64encode
from pathlib import Path
from urllib.parse import quote

from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from simulators.charger.options import Options
from simulators.charger.wire import PostWire


def call_up(wire: PostWire, options: Options, protocol: str) -> connect:
    """Return a connection to be entered. The password is read anew each time: it may be written late."""
    secure = wire.scheme == "ocpps"
    host = f"[{wire.called}]" if ":" in wire.called else wire.called
    return connect(
        f"{'wss' if secure else 'ws'}://{host}:{wire.port}/{quote(wire.post)}",
        subprotocols=[Subprotocol(protocol)],
        additional_headers=_credentials(wire.post, options.password_file),
        ssl=ssl.create_default_context(cafile=options.ca_file) if secure else None,
        compression=None,
        proxy=None,
    )


def _credentials(post: str, password_file: str | None) -> dict[str, str]:
    if password_file is None:
        return {}
    password = Path(password_file).read_text(encoding="utf-8").strip()
    return {"Authorization": f"Basic {b64encode(f'{post}:{password}'.encode()).decode()}"}
