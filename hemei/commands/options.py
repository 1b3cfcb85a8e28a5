"""Options that several commands have."""

from pathlib import Path

import click

config = click.option(
    "--config",
    "config",
    type=click.Path(path_type=Path),
    default=Path("site.toml"),
    show_default=True,
    help="站点文件 · the site file",
)
