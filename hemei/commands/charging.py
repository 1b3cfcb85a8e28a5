"""`hemei charging`: codes for the posts, sheets of stickers, prepaid accounts."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

import click

from contract.errors import ConfigurationError
from hemei import language
from hemei.commands.options import config
from hemei.site import Site, read_site

if TYPE_CHECKING:
    from hub.charging.codes import Code
    from hub.charging.payment.accounts import Funded, Opened

address = click.option(
    "--address",
    metavar="https://HOST",
    help="住户打开页面的网址 · where phones find the hub; by default as the site file says",
)


@click.group()
def charging() -> None:
    """扫码充电 · Codes, stickers and prepaid accounts for charging."""


@charging.command("codes")
@config
@address
@click.option(
    "--sheet", type=click.Path(path_type=Path), help="打印页 · write stickers to FILE.svg or FILE.html"
)
@click.option("--once", is_flag=True, help="仅限一次 · make new codes, each good for one order")
@click.option(
    "--minutes", type=click.FloatRange(min=0, min_open=True), help="限时 · make new codes, good for so long"
)
@click.argument("devices", nargs=-1, metavar="[charger/ID]…")
def codes(
    config: Path,
    address: str | None,
    sheet: Path | None,
    minutes: float | None,
    devices: tuple[str, ...],
    *,
    once: bool,
) -> None:
    """列出或生成二维码 · Show the sticker's code of each connector, made where there is none."""
    from hemei.charging import codes_made, named, stickers  # noqa: PLC0415 - the ledger takes a while to load
    from hemei.stickers import check_sheet, write_sheet  # noqa: PLC0415 - only here

    site = read_site(config)
    if sheet is not None and address is None:
        raise click.UsageError("--sheet needs --address: what is printed must be right for years")
    if (once or minutes) and not devices:
        raise click.UsageError("--once and --minutes make new codes: say for which connectors")
    if sheet is not None:
        check_sheet(sheet)
    base = _base(site, address)
    made = codes_made(site, named(site, devices), once=once, minutes=minutes)
    shown = stickers(site, made, base)
    for code, sticker in zip(made, shown, strict=True):
        title = " / ".join(sticker.title.values())
        click.echo("  ".join((sticker.device, title, sticker.link, *_limits(code))))
    if sheet is not None:
        files = ", ".join(map(str, write_sheet(sheet, shown)))
        click.echo(language.SHEET_WRITTEN(count=len(shown), files=files))


@charging.command("revoke")
@config
@click.argument("code")
def revoke(config: Path, code: str) -> None:
    """作废二维码 · Have a code be good for nothing; CODE or its whole address."""
    from hemei.charging import code_revoked  # noqa: PLC0415 - the ledger takes a while to load

    gone = code_revoked(read_site(config), code.rpartition("/")[2])
    click.echo(language.CODE_REVOKED(device=f"{gone.kind}/{gone.device}"))


@charging.group()
def account() -> None:
    """预付账户 · Prepaid accounts."""


@account.command("open")
@config
@address
@click.option("--note", default="", help="备注，如房号，不写姓名 · whose it is, such as a flat; no names")
def open_(config: Path, address: str | None, note: str) -> None:
    """开户 · Open an account and print the link that binds it to a phone."""
    from hemei.charging import account_opened  # noqa: PLC0415 - the ledger takes a while to load

    site = read_site(config)
    base = _base(site, address)
    _show_key(base, account_opened(site, note))


@account.command("key")
@config
@address
@click.argument("account")
def key(config: Path, address: str | None, account: str) -> None:
    """换钥 · Give an account a new key; the one before opens nothing any more."""
    from hemei.charging import account_rekeyed  # noqa: PLC0415 - the ledger takes a while to load

    site = read_site(config)
    base = _base(site, address)
    _show_key(base, account_rekeyed(site, account))


@account.command("top-up")
@config
@click.option("--note", default="", help="备注 · such as the number of the receipt")
@click.option("--take-back", is_flag=True, help="冲正 · it was a mistake; needs a note")
@click.argument("account")
@click.argument("yuan")
def top_up(config: Path, note: str, account: str, yuan: str, *, take_back: bool) -> None:
    """充值 · Write that somebody has paid in so many yuan, such as 50 or 12.34."""
    from hemei.charging import topped_up  # noqa: PLC0415 - the ledger takes a while to load

    fen = _fen(yuan)
    click.echo(_balance(topped_up(read_site(config), account, -fen if take_back else fen, note)))


@account.command("list")
@config
def list_(config: Path) -> None:
    """列出账户 · List the accounts, without their keys."""
    from hemei.charging import accounts  # noqa: PLC0415 - the ledger takes a while to load

    for each in accounts(read_site(config)):
        click.echo(f"{each.account.id:<16}{_balance(each)}  {each.account.note}".rstrip())


def _base(site: Site, address: str | None) -> str:
    from hemei.people import base_url  # noqa: PLC0415 - the ledger takes a while to load

    if address is None:
        return base_url(site)
    host = address.removeprefix("https://").removeprefix("http://").rstrip("/")
    if host == address.rstrip("/") or not host or set(host) & set("/?#@ "):
        raise ConfigurationError(f"--address {address!r}: allowed: https://HOST or https://HOST:PORT")
    return address.rstrip("/")


def _limits(code: "Code") -> Sequence[str]:
    from contract.clock import rfc3339_ms  # noqa: PLC0415 - only here

    once = [language.CODE_FOR_ONE()] if code.once else []
    until = [] if code.expires_ms is None else [language.CODE_UNTIL(until=rfc3339_ms(code.expires_ms))]
    return once + until


def _show_key(base: str, opened: "Opened") -> None:
    click.echo(language.ACCOUNT_OPENED(account=opened.funded.account.id))
    click.echo(f"{base}/c/account/{opened.key}")


def _fen(yuan: str) -> int:
    """Read an amount to the fen; a float would not hold it."""
    try:
        fen = Decimal(yuan) * 100
    except InvalidOperation:
        fen = Decimal("NaN")
    if not fen.is_finite() or fen != fen.to_integral_value() or not 0 < fen <= 10_000_000:
        raise ConfigurationError(f"{yuan!r}: allowed: 0.01 to 100000 yuan, such as 50 or 12.34")
    return int(fen)


def _balance(funded: "Funded") -> str:
    from hub.charging.sheet import yuan  # noqa: PLC0415 - the ledger takes a while to load

    balance = funded.balance
    return language.BALANCE(balance=yuan(balance.fen), held=yuan(balance.held_fen))
