"""The `hemei` command and how it ends: a fault of the user's is one clear line and exit code 2."""

import importlib
from typing import Any, Final

import click

from contract.errors import HemeiError
from hemei import language

COMMANDS: Final = {
    "demo": "hemei.commands.demo:demo",
    "hub": "hemei.commands.hub:hub",
    "drivers": "hemei.commands.drivers:drivers",
    "simulators": "hemei.commands.simulators:simulators",
    "check": "hemei.commands.check:check",
    "rules": "hemei.commands.rules:rules",
    "init": "hemei.commands.init:init",
    "user": "hemei.commands.user:user",
    "token": "hemei.commands.token:token",
    "notify": "hemei.commands.notify:notify",
    "charging": "hemei.commands.charging:charging",
    "register": "hemei.commands.register:register",
    "history": "hemei.commands.history:history",
    "audit": "hemei.commands.audit:audit",
    "verify": "hemei.commands.verify:verify",
    "export": "hemei.commands.export:export",
    "key": "hemei.commands.key:key",
    "backup": "hemei.commands.backup:backup",
    "restore": "hemei.commands.restore:restore",
    "bench": "hemei.commands.bench:bench",
}
"""Loaded when asked for: `hemei check` need not wait for a web framework."""


class Fault(click.ClickException):
    """A HemeiError as click prints it."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        """Print the message, a line per fault, and nothing else."""
        for line in self.message.splitlines():
            click.echo(language.ERROR(message=line), err=True, file=file)


class Commands(click.Group):
    """The commands, each in a module of its own."""

    def list_commands(self, _context: click.Context) -> list[str]:
        """Return the names in the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, _context: click.Context, name: str) -> click.Command | None:
        """Load the command called `name`."""
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def invoke(self, context: click.Context) -> Any:
        """Run the command; what it raises on purpose becomes one clear line."""
        try:
            return super().invoke(context)
        except HemeiError as wrong:
            raise Fault(str(wrong)) from wrong


@click.command(cls=Commands)
@click.version_option(package_name="hemei-hub")
def main() -> None:
    """和美小区指挥中心 · Hemei Hub runs a community's devices from one command centre."""
