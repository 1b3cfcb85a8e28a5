"""`hemei simulators`: pretend hardware for a site; or a fault for the pretend hardware that already runs."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import click

from contract.errors import ConfigurationError
from hemei import language
from hemei.commands.options import config
from hemei.faults import Faults, read_faults
from hemei.serving import serve
from hemei.settings import simulator_settings
from hemei.site import read_site


@click.command()
@config
@click.option("--scenario", help="情景 · the story to play")
@click.option(
    "--fault", "faults", multiple=True, metavar="DEVICE=FAULT", help="故障 · break one; none repairs it"
)
@click.option("--from", "starts", metavar="HH:MM", help="从几点开始 · where in the story's day to begin")
@click.option("--speed", type=float, default=1.0, show_default=True, help="快慢 · seconds of physics in one")
def simulators(
    config: Path, scenario: str | None, faults: tuple[str, ...], starts: str | None, speed: float
) -> None:
    """运行模拟设备 · Run pretend hardware, or set faults in the one that already runs."""
    settings = simulator_settings(read_site(config), speed=speed)
    wanted = read_faults(faults)
    if wanted and settings.control_socket and asyncio.run(_told(settings.control_socket, wanted)):
        click.echo(language.FAULT_APPLIED(faults=", ".join(faults)))
        return
    from simulators.errors import SimulatorError  # noqa: PLC0415 - only where simulators run
    from simulators.host import run  # noqa: PLC0415 - the same

    async def part(stop: asyncio.Event) -> None:
        try:
            await run(settings, stop=stop, ready=_show, faults=wanted, scenario=scenario, starts=starts)
        except SimulatorError as wrong:
            raise ConfigurationError(str(wrong)) from wrong

    serve(part)


async def _told(control: Path, faults: Faults) -> bool:
    """Tell running simulators; False if none run. ConfigurationError says what they do not know."""
    from simulators.control import ask  # noqa: PLC0415 - only where simulators run

    for device, fault in faults.items():
        try:
            answer = await ask(control, {"device": device, "fault": fault})
        except OSError:
            return False
        if not answer["ok"]:
            raise ConfigurationError(f"--fault {device}={fault}: {answer['error']}")
    return True


def _show(wires: Mapping[str, str]) -> None:
    for device, wire in wires.items():
        click.echo(f"{device}  {wire}")
