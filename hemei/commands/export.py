"""`hemei export`: make the bundle of a released disclosure. The hub runs this; by hand it does the same."""

import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from contract.clock import SystemClock
from hemei import language
from hemei.commands.options import config
from hemei.serving import configure_logs
from hemei.settings import hub_settings
from hemei.site import read_site

if TYPE_CHECKING:
    from hub.bundle.progress import Progress
    from hub.settings import HubSettings

logger = logging.getLogger(__name__)


class _Stop:
    """Whether a signal has said to stop."""

    def __init__(self) -> None:
        self.wanted = False
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, self._take)

    def __call__(self) -> bool:
        return self.wanted

    def _take(self, _number: int, _frame: FrameType | None) -> None:
        self.wanted = True


@click.command()
@config
@click.option("--id", "ident", required=True, help="披露的编号（页面地址中的） · which disclosure, by its id")
@click.option("--for", "parent", type=int, hidden=True)
def export(config: Path, ident: str, parent: int | None) -> None:
    """制作已批准的披露数据包 · Make the bundle of a released disclosure; interrupted, it goes on.

    中枢会自动制作；也可手工运行。The hub does it by itself.
    """
    from hub.disclosure.making.gentle import be_gentle, end_with  # noqa: PLC0415 - takes a while to load

    be_gentle()
    if parent is not None:
        end_with(parent)
    settings = hub_settings(read_site(config))
    stop = _Stop()
    if parent is None:
        _by_hand(settings, ident, stop)
    else:
        _for_the_hub(settings, ident, stop)


def _by_hand(settings: "HubSettings", ident: str, stop: Callable[[], bool]) -> None:
    from hub.disclosure.making.making import Follow, make  # noqa: PLC0415 - takes a while to load

    bundle = make(settings, ident, SystemClock(), Follow(_show, stop))
    click.echo(
        language.BUNDLE_IS_MADE(
            file=settings.disclosures_dir / ident / bundle.name, size=bundle.bytes / 1e6, sha256=bundle.sha256
        )
    )


def _show(progress: "Progress") -> None:
    click.echo(f"{progress.stage} {progress.done}/{progress.total or '?'}", err=True)


def _for_the_hub(settings: "HubSettings", ident: str, stop: Callable[[], bool]) -> None:
    """Tell on standard output how far it is and how it ended; an end on purpose is no fault."""
    from hub.bundle.errors import MakingCancelled  # noqa: PLC0415 - takes a while to load
    from hub.disclosure.making.failures import failed_by  # noqa: PLC0415 - the same
    from hub.disclosure.making.making import Follow, make  # noqa: PLC0415 - the same
    from hub.disclosure.making.telling import Advanced, Finished, Stopped, made_of  # noqa: PLC0415 - the same
    from hub.disclosure.request import Progress as Told  # noqa: PLC0415 - the same

    configure_logs()

    def tell(progress: "Progress") -> None:
        _say(Advanced(Told(stage=progress.stage.value, done=progress.done, total=progress.total)))

    try:
        _say(Finished(made_of(make(settings, ident, SystemClock(), Follow(tell, stop)))))
    except MakingCancelled:
        _say(Stopped())
    except Exception as wrong:  # whatever it is, the hub must hear of it
        logger.exception("the bundle is not made")
        _say(failed_by(wrong))


def _say(told: Any) -> None:
    from hub.disclosure.making.telling import write_line  # noqa: PLC0415 - takes a while to load

    sys.stdout.buffer.write(write_line(told) + b"\n")
    sys.stdout.buffer.flush()
