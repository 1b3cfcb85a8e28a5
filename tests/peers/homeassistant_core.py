"""A real Home Assistant core with its MQTT integration, and nothing else; runs in an environment of its own.

Takes a line of JSON with the broker (`host`, `port`, `username`, `password`, `prefix`, `config`: an empty
folder), then commands, a line of JSON each, and answers each with one:

- `{"do": "states"}`: every entity's state and attributes, and the registry's devices, names by identifier.
- `{"do": "call", "domain", "service", "data"}`: call a service as a press in its pages does.
- `{"do": "later", "seconds"}`: have it be later for whatever waits for a time.
"""

import asyncio
import json
import logging
import sys
import traceback
from pathlib import Path
from typing import Any

from homeassistant import bootstrap, config_entries, core, loader
from homeassistant.components import mqtt
from homeassistant.config import async_process_ha_core_config
from homeassistant.const import Platform
from homeassistant.helpers import device_registry
from homeassistant.setup import async_setup_component

SHOWN = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.COVER,
    Platform.LOCK,
    Platform.NUMBER,
    Platform.SELECT,
    Platform.SENSOR,
    Platform.SWITCH,
    Platform.VALVE,
]
"""The others need libraries of their own: a camera numpy."""


def write_config(folder: Path, said: dict[str, Any]) -> None:
    """Write what somebody who set the broker up in the pages would have left."""
    entry = {
        "entry_id": "broker",
        "version": 1,
        "minor_version": 1,
        "domain": "mqtt",
        "title": "broker",
        "source": "user",
        "options": {},
        "unique_id": None,
        "disabled_by": None,
        "pref_disable_new_entities": False,
        "pref_disable_polling": False,
        "data": {
            "broker": said["host"],
            "port": said["port"],
            "username": said["username"],
            "password": said["password"],
            "discovery": True,
            "discovery_prefix": said["prefix"],
        },
    }
    stored = {"version": 1, "minor_version": 1, "key": "core.config_entries", "data": {"entries": [entry]}}
    (folder / ".storage").mkdir()
    (folder / ".storage" / "core.config_entries").write_text(json.dumps(stored))
    (folder / "configuration.yaml").touch()


async def start(said: dict[str, Any]) -> core.HomeAssistant:
    """Do what `bootstrap.async_setup_hass` does, without the frontend and whatever that needs."""
    mqtt.PLATFORMS = SHOWN
    write_config(Path(said["config"]), said)
    hass = core.HomeAssistant(said["config"])
    hass.config.skip_pip = True
    loader.async_setup(hass)
    hass.config_entries = config_entries.ConfigEntries(hass, {})
    await bootstrap.async_load_base_functionality(hass)
    await async_process_ha_core_config(hass, {})
    await async_setup_component(hass, "homeassistant", {})
    http = {"server_host": ["127.0.0.1"], "server_port": said["http_port"]}
    if not await async_setup_component(hass, "http", {"http": http}):
        raise RuntimeError("the http component does not start")
    if not await async_setup_component(hass, "mqtt", {}):
        raise RuntimeError("the mqtt component does not start")
    await hass.async_start()
    return hass


def states(hass: core.HomeAssistant) -> dict[str, Any]:
    """Return what its pages would show."""
    devices = device_registry.async_get(hass).devices.values()
    return {
        "entities": {
            each.entity_id: {"state": each.state, "attributes": dict(each.attributes)}
            for each in hass.states.async_all()
        },
        "devices": {ident: each.name for each in devices for _, ident in each.identifiers},
    }


def move_clock(loop: asyncio.AbstractEventLoop, seconds: float) -> None:
    """Have the loop's clock, by which all its timers go, be ahead by so much more."""
    before = loop.time
    loop.time = lambda: before() + seconds


async def do(hass: core.HomeAssistant, command: dict[str, Any]) -> dict[str, Any]:
    """Follow one command."""
    if command["do"] == "states":
        return states(hass)
    if command["do"] == "later":
        move_clock(hass.loop, command["seconds"])
        return {"done": True}
    await hass.services.async_call(command["domain"], command["service"], command["data"], blocking=True)
    return {"done": True}


def say(answer: dict[str, Any]) -> None:
    """Write a line."""
    sys.stdout.write(json.dumps(answer, default=str) + "\n")
    sys.stdout.flush()


async def main() -> None:
    """Follow commands until the input ends."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    loop = asyncio.get_running_loop()

    async def line() -> str:
        return await loop.run_in_executor(None, sys.stdin.readline)

    hass = await start(json.loads(await line()))
    say({"started": True})
    while text := await line():
        try:
            answer = await do(hass, json.loads(text))
        except Exception as wrong:
            traceback.print_exc()
            answer = {"error": f"{type(wrong).__name__}: {wrong}"}
        say(answer)
    await hass.async_stop(force=True)


asyncio.run(main())
