"""`hemei bench`: how much, how fast, on this machine."""

import asyncio
from pathlib import Path
from typing import Any

import click


@click.group()
def bench() -> None:
    """性能测试 · Benchmarks on this machine."""


@bench.command("ingest")
@click.option(
    "--rate", type=click.FloatRange(min=1), default=20_000, show_default=True, help="messages a second"
)
@click.option(
    "--qos", type=click.IntRange(0, 1), default=0, show_default=True, help="0: telemetry, 1: events"
)
@click.option("--devices", type=click.IntRange(1, 99_999), default=1_000, show_default=True)
@click.option("--seconds", type=click.FloatRange(min=1), default=30, show_default=True)
@click.option(
    "--site", type=click.Path(path_type=Path), help="测试运行中的站点 · a site that runs, else a private one"
)
@click.option(
    "--apart", is_flag=True, help="中枢独占一个核 · the hub on a core of its own, all else on the others"
)
@click.option("--json", "as_json", is_flag=True, help="JSON")
def ingest(
    rate: float, qos: int, devices: int, seconds: float, site: Path | None, *, apart: bool, as_json: bool
) -> None:
    """全路径吞吐与时延 · Load the whole path; report rate, losses, latency, CPU and memory."""
    from hemei.bench.ingest import Question, measure  # noqa: PLC0415 - other commands need none of it

    question = Question(rate=rate, qos=qos, devices=devices, seconds=seconds, site=site, apart=apart)
    answer = asyncio.run(measure(question))
    if as_json:
        _print_json(answer)
        return
    from rich.console import Console  # noqa: PLC0415 - the same

    from hemei.bench.report import print_report  # noqa: PLC0415 - the same

    print_report(answer, Console())


@bench.command("alarms")
@click.option("--rate", type=click.FloatRange(min=0.1), default=10, show_default=True, help="alarms a second")
@click.option(
    "--background",
    type=click.FloatRange(min=0),
    default=1_000,
    show_default=True,
    help="other messages a second, QoS 0",
)
@click.option("--devices", type=click.IntRange(1, 99_999), default=1_000, show_default=True)
@click.option("--seconds", type=click.FloatRange(min=1), default=30, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="JSON")
def alarms(rate: float, background: float, devices: int, seconds: float, *, as_json: bool) -> None:
    """报警时延 · Alarms under load: from the event on the wire to the screen; losses, order, latency."""
    from hemei.bench.alarms import AlarmQuestion, measure  # noqa: PLC0415 - other commands need none of it

    question = AlarmQuestion(alarms=rate, background=background, devices=devices, seconds=seconds)
    answer = asyncio.run(measure(question))
    if as_json:
        _print_json(answer)
        return
    from rich.console import Console  # noqa: PLC0415 - the same

    from hemei.bench.report import print_alarm_report  # noqa: PLC0415 - the same

    print_alarm_report(answer, Console())


@bench.command("plates")
@click.option("--pushes", type=click.IntRange(min=1), default=1_000, show_default=True)
@click.option(
    "--vehicles", type=click.IntRange(2, 90_000), default=5_000, show_default=True, help="on the list"
)
@click.option(
    "--picture",
    type=click.IntRange(1, 2_000),
    default=200,
    show_default=True,
    help="KiB of each push's picture",
)
@click.option("--json", "as_json", is_flag=True, help="JSON")
def plates(pushes: int, vehicles: int, picture: int, *, as_json: bool) -> None:
    """车牌开闸时延 · Plates without hub and broker: from the push to the answer and to the boom's relay."""
    from hemei.bench.plates import PlatesQuestion, measure  # noqa: PLC0415 - other commands need none of it

    question = PlatesQuestion(pushes=pushes, vehicles=vehicles, picture_kib=picture)
    answer = asyncio.run(measure(question))
    if as_json:
        _print_json(answer)
        return
    from rich.console import Console  # noqa: PLC0415 - the same

    from hemei.bench.report import print_plates_report  # noqa: PLC0415 - the same

    print_plates_report(answer, Console())


@bench.command("live")
@click.option("--viewers", type=click.IntRange(1, 1_000), default=50, show_default=True)
@click.option(
    "--rate", type=click.FloatRange(min=1), default=1_000, show_default=True, help="messages a second, QoS 0"
)
@click.option(
    "--alarms", type=click.FloatRange(min=0.1), default=2, show_default=True, help="alarms a second beside"
)
@click.option("--devices", type=click.IntRange(1, 99_999), default=1_000, show_default=True)
@click.option("--seconds", type=click.FloatRange(min=1), default=30, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="JSON")
def live(viewers: int, rate: float, alarms: float, devices: int, seconds: float, *, as_json: bool) -> None:
    """多屏时延 · One screen and many: how old the news are, whether each alarm is seen by all, once."""
    from hemei.bench.live import LiveQuestion, measure  # noqa: PLC0415 - other commands need none of it

    question = LiveQuestion(viewers=viewers, rate=rate, alarms=alarms, devices=devices, seconds=seconds)
    answer = asyncio.run(measure(question))
    if as_json:
        _print_json(answer)
        return
    from rich.console import Console  # noqa: PLC0415 - the same

    from hemei.bench.report_screens import print_live_report  # noqa: PLC0415 - the same

    print_live_report(answer, Console())


@bench.command("rest")
@click.option(
    "--site",
    type=click.Path(path_type=Path),
    default=Path("demo-data/site.toml"),
    show_default=True,
    help="运行中的示范小区 · the demo that runs",
)
@click.option("--seconds", type=click.FloatRange(min=1), default=60, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="JSON")
def rest(site: Path, seconds: float, *, as_json: bool) -> None:
    """空闲占用 · What each process of a running demo takes while nobody looks: processor, memory."""
    from hemei.bench.rest import measure  # noqa: PLC0415 - other commands need none of it

    answer = asyncio.run(measure(site, seconds))
    if as_json:
        _print_json(answer)
        return
    from rich.console import Console  # noqa: PLC0415 - the same

    from hemei.bench.report import print_rest_report  # noqa: PLC0415 - the same

    print_rest_report(answer, Console())


@bench.command("wall")
@click.option("--devices", type=click.IntRange(1, 9_999), default=300, show_default=True)
@click.option("--alarms", type=click.IntRange(0, 1_000), default=200, show_default=True, help="open ones")
@click.option(
    "--rate", type=click.FloatRange(min=1), default=50, show_default=True, help="changes of state a second"
)
@click.option("--seconds", type=click.FloatRange(min=1), default=60, show_default=True)
@click.option(
    "--soak",
    type=click.FloatRange(min=1),
    help="长稳测试倍速 · so many times as fast; tells what memory gains in a simulated day",
)
@click.option(
    "--limit",
    type=click.FloatRange(min=0),
    default=5,
    show_default=True,
    help="MiB of heap that a day of a soak may gain; more is exit code 1",
)
@click.option(
    "--profile", type=click.Path(path_type=Path), help="写入 CPU 剖析 · write a CPU profile for DevTools"
)
@click.option("--json", "as_json", is_flag=True, help="JSON")
def wall(  # noqa: PLR0913 - an argument an option
    devices: int,
    alarms: int,
    rate: float,
    seconds: float,
    soak: float | None,
    limit: float,
    profile: Path | None,
    *,
    as_json: bool,
) -> None:
    """大屏流畅度与内存 · The real wall in Chromium: frames a second, long tasks, memory, growth."""
    from hemei.bench.wall import WallQuestion, measure  # noqa: PLC0415 - other commands need none of it

    question = WallQuestion(
        devices=devices, alarms=alarms, rate=rate, seconds=seconds, speed=soak or 1.0, profile=profile
    )
    answer = asyncio.run(measure(question))
    if as_json:
        _print_json(answer)
    else:
        from rich.console import Console  # noqa: PLC0415 - the same

        from hemei.bench.report_screens import print_wall_report  # noqa: PLC0415 - the same

        print_wall_report(answer, Console())
    if answer.growth is not None and answer.growth.exceeds(limit):
        raise click.exceptions.Exit(1)


@bench.command("history")
@click.option("--points", type=click.IntRange(1_000, 1_000_000_000), default=5_000_000, show_default=True)
@click.option(
    "--every",
    type=click.FloatRange(min=0.1, max=3600),
    default=10,
    show_default=True,
    help="seconds between samples of a series",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="文件所在的磁盘 · where files are put, for its disk",
)
@click.option("--days", type=click.IntRange(1, 366), default=30, show_default=True)
@click.option(
    "--influxd",
    is_flag=True,
    help="也测 InfluxDB：临时启动本机的 influxd · InfluxDB too: start this machine's influxd for it",
)
@click.option(
    "--influx",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="也测 InfluxDB：站点文件的 [history]，空库 · InfluxDB too, as in [history] of a site file; empty",
)
@click.option(
    "--influx-folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="它的数据目录，用来量体积 · where that has its files, to measure them",
)
@click.option("--json", "as_json", is_flag=True, help="JSON")
def history(  # noqa: PLR0913 - an argument an option
    points: int,
    every: float,
    folder: Path | None,
    days: int,
    influx: Path | None,
    influx_folder: Path | None,
    *,
    influxd: bool,
    as_json: bool,
) -> None:
    """历史数据写入、体积与查询 · Write rate, bytes a sample and query times of every engine there is."""
    from hemei import settings  # noqa: PLC0415 - other commands need none of it
    from hemei.bench.engines import HistoryQuestion  # noqa: PLC0415 - the same
    from hemei.bench.history import measure  # noqa: PLC0415 - the same
    from hemei.site import read_site  # noqa: PLC0415 - the same

    question = HistoryQuestion(
        points=points,
        every_s=every,
        days=days,
        folder=folder,
        influxd=influxd,
        influx=settings.influx(read_site(influx)) if influx else None,
        influx_folder=influx_folder,
    )
    answer = asyncio.run(measure(question))
    if as_json:
        _print_json(answer)
        return
    from rich.console import Console  # noqa: PLC0415 - the same

    from hemei.bench.report_history import print_history_report  # noqa: PLC0415 - the same

    print_history_report(answer, Console())


def _print_json(answer: Any) -> None:
    import msgspec  # noqa: PLC0415 - other commands need none of it

    click.echo(msgspec.json.format(msgspec.json.encode(answer)).decode())
