"""`hemei hub`: the hub of a site, until told to stop."""

from pathlib import Path

import click

from hemei.commands.options import config
from hemei.serving import serve
from hemei.settings import hub_settings
from hemei.site import read_site


@click.command()
@config
@click.option("--insecure", is_flag=True, help="允许匿名代理 · run even on a broker that lets anybody in")
def hub(config: Path, *, insecure: bool) -> None:
    """运行中枢 · Run the hub: ingest, history, API and pages on one port."""
    settings = hub_settings(read_site(config), insecure=insecure)
    import uvloop  # noqa: PLC0415 - only where a hub runs

    from hub.app import run  # noqa: PLC0415 - the same

    serve(lambda stop: run(settings, stop), loop_factory=uvloop.new_event_loop)
