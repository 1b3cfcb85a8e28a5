"""`hemei init`: found a site."""

import shutil
import sys
from pathlib import Path

import click

from contract.clock import SystemClock
from hemei import language


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--id", "site_id", default="hemei", help="站点标识 · the site's id in MQTT topics")
@click.option("--title", "title", nargs=2, metavar="中文 ENGLISH", help="名称 · its name in both languages")
@click.option(
    "--name", "names", multiple=True, help="服务器名称或地址 · host name or address in the certificate"
)
@click.option("--containers", is_flag=True, help="用于 deploy/compose.yaml · for deploy/compose.yaml")
@click.option("--renew-rules", is_flag=True, help="仅重写权限规则 · only write the access rules anew")
def init(
    folder: Path,
    site_id: str,
    title: tuple[str, str] | None,
    names: tuple[str, ...],
    *,
    containers: bool,
    renew_rules: bool,
) -> None:
    """建立站点：密钥、证书、代理配置 · Found a site: secrets, certificates, broker configuration."""
    from hemei import found, mosquitto  # noqa: PLC0415 - cryptography takes long to load

    if renew_rules:
        found.renew_rules(folder)
        click.echo(language.RULES_RENEWED(folder=folder))
        return
    plan = found.Plan(site_id=site_id, names=names, containers=containers)
    if title:
        plan = plan._replace(title={"zh-CN": title[0], "en": title[1]})
    site = found.found_site(folder, plan, SystemClock())
    conf = found.layout_of(site.file.parent).conf
    click.echo(language.SITE_MADE(folder=site.file.parent))
    click.echo(language.NEXT_STEPS())
    hemei = _ourselves()
    for step in (
        f"{mosquitto.find_program() or 'mosquitto'} -c {conf}",
        f"{hemei} user add --config {site.file} --role admin NAME",
        f"{hemei} hub --config {site.file}",
        f"{hemei} drivers --config {site.file}",
    ):
        click.echo(f"  {step}")
    click.echo(language.THEN_OPEN())


def _ourselves() -> str:
    """Return how this program can be called again, from here."""
    if shutil.which("hemei"):
        return "hemei"
    script = Path(sys.argv[0])
    return str(script) if script.name == "hemei" else f"{sys.executable} -m hemei"
