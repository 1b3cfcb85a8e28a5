"""`hemei demo`: a whole sample community on this machine."""

import asyncio
from pathlib import Path
from typing import Any

import click

from hemei.demo import community


@click.command()
@click.option("--data-dir", type=click.Path(path_type=Path), default=Path("demo-data"), show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), help="网页端口 · port of the pages; 0 takes any")
@click.option(
    "--ready-file", type=click.Path(path_type=Path), help="就绪后写入 · JSON, written once all is up"
)
@click.option("--fault", "faults", multiple=True, metavar="DEVICE=FAULT", help="故障 · break a device")
@click.option("--scenario", default="day", show_default=True, help="情景 · the story that is played")
@click.option("--from", "starts", metavar="HH:MM", help="从几点开始 · where in the story's day to begin")
@click.option(
    "--speed",
    type=click.FloatRange(0, 100, min_open=True),
    default=1.0,
    show_default=True,
    help="快慢 · seconds of the story, and of physics, in one",
)
@click.option("--kinds", default="", metavar="KIND,…", help="设备种类 · only these kinds of devices")
@click.option(
    "--gates",
    type=click.IntRange(community.FEWEST_GATES, community.MOST_GATES),
    default=community.GATES,
    show_default=True,
    help="道闸数量 · how many gates",
)
@click.option(
    "--broker",
    type=click.Choice(["auto", "mosquitto", "amqtt"]),
    default="auto",
    show_default=True,
    help="MQTT 代理 · mosquitto if it is installed, else the pure-Python amqtt",
)
def demo(port: int | None, kinds: str, gates: int, **rest: Any) -> None:
    """运行示范小区 · Run a sample community: broker, hub, drivers, simulators. Ctrl-C stops all."""
    from hemei.demo.options import Options  # noqa: PLC0415 - other commands need none of it
    from hemei.demo.run import Demo  # noqa: PLC0415 - the same
    from hemei.demo.terminal import Terminal  # noqa: PLC0415 - the same

    choice = community.Choice(kinds=tuple(filter(None, kinds.split(","))), gates=gates)
    asyncio.run(Demo(Options(http_port=port, choice=choice, **rest), Terminal()).run())
