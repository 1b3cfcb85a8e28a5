"""The ready file: where a demo is and how to get in, for scripts and tests."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from hemei.demo.parts import Parts
from hemei.private_files import write_private
from hemei.supervisor import ProcessStatus


class Account(Struct, frozen=True, kw_only=True):
    """An account of the broker that may see and publish everything."""

    host: str
    port: int
    username: str
    password: str


class Wire(Struct, frozen=True, kw_only=True):
    """Where a device's own protocol is spoken."""

    wire: str


class Ready(Struct, frozen=True, kw_only=True):
    """Bearer `tokens` by role, `devices` by `site/kind/device`, process ids by name."""

    http: str
    tokens: dict[str, str]
    mqtt: Account
    devices: dict[str, Wire]
    processes: dict[str, int]


def _wire(options: Mapping[str, Any]) -> str:
    """Return the device's address; of a gate that its camera opens, where that talks."""
    plates: Mapping[str, str] = options.get("plates", {})
    return str(options.get("wire") or plates.get("broker") or plates.get("url") or plates["listen"])


def write_ready_file(file: Path, parts: Parts, tokens: dict[str, str], statuses: list[ProcessStatus]) -> None:
    """Write the file in one step; it holds secrets, so only its owner may read it."""
    site, account = parts.site, parts.account
    ready = Ready(
        http=parts.url,
        tokens=tokens,
        mqtt=Account(
            host=account.host,
            port=account.port,
            username=account.username or "",
            password=account.password or "",
        ),
        devices={
            str(site.address(device)): Wire(wire=_wire({**device.options, **device.simulated}))
            for device in site.tables.device
        },
        processes={status.name: status.pid for status in statuses if status.pid is not None},
    )
    write_private(file, msgspec.json.encode(ready).decode())
