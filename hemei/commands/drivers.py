"""`hemei drivers`: one driver host of a site, until told to stop."""

from pathlib import Path

import click

from hemei.commands.options import config
from hemei.serving import serve
from hemei.settings import host_settings
from hemei.site import read_site


@click.command()
@config
@click.option("--host", help="哪个驱动主机 · which [[driver_host]]; may be left out where there is one")
def drivers(config: Path, host: str | None) -> None:
    """运行驱动主机 · Run a driver host: its devices' wires on one side, MQTT on the other."""
    settings = host_settings(read_site(config), host)
    from contract.clock import SystemClock  # noqa: PLC0415 - only where drivers run
    from drivers.runtime.host import run  # noqa: PLC0415 - the same

    serve(lambda stop: run(settings, SystemClock(), stop))
