"""What the demo's own staff do: ask the hub through its API, as people at a desk do."""

import http.client
from typing import Any, Final, Self
from urllib.parse import quote

import msgspec

TIMEOUT_S: Final = 10.0


class Desk:
    """One connection to the hub at `host` and `port`, with a token; use it in `with`. Blocking."""

    def __init__(self, host: str, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
        self._headers = {"Authorization": f"Bearer {token}"}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Ask for something below the API's base; bytes go as they are. OSError, ValueError."""
        sent = body if body is None or isinstance(body, bytes) else msgspec.json.encode(body)
        kind = "application/octet-stream" if isinstance(body, bytes) else "application/json"
        headers = self._headers | {"Content-Type": kind}
        self._connection.request(method, f"/api/v1/{quote(path, safe='/?=&%')}", sent, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status >= http.client.BAD_REQUEST:
            raise ValueError(f"{method} {path}: {answer.status} {text[:200]!r}")
        read: dict[str, Any] = msgspec.json.decode(text)
        return read
