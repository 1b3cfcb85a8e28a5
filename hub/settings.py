"""What the hub is told by the site file."""

from pathlib import Path
from typing import Final

from msgspec import Struct, field

from contract.mqtt import Broker
from hub.alarms.definition import Definition
from hub.alarms.drafts import Drafting
from hub.alarms.supply import Supply
from hub.charging.settings import ChargingSettings
from hub.commissioning.settings import CommissioningSettings
from hub.disclosure.settings import DisclosureSettings
from hub.history.influx.settings import InfluxSettings
from hub.home_assistant.settings import HomeAssistantSettings
from hub.live.wall import WallSettings
from hub.notify.contact import Contact
from hub.orders.kinds import OrderKind, WorkingHours
from hub.passes.settings import PassSettings
from hub.posts.post import Post
from hub.referrals.settings import PoliceSettings
from hub.register.settings import RegisterSettings
from hub.viid.settings import ViidSettings
from hub.webhooks.settings import Webhook

HISTORY_FILE: Final = "history.sqlite"


class Retention(Struct, frozen=True, kw_only=True):
    """Days that each resolution of history, files of evidence and of other events, and passes are kept."""

    raw_days: int = 7
    minute_days: int = 90
    hour_days: int = 5 * 366
    evidence_days: int = 365
    media_days: int = 90
    passes_days: int = 365


class HubSettings(Struct, frozen=True, kw_only=True):
    """One hub. `ledger_url` defaults to an SQLite file below `data_dir`; so does history without `influx`.

    `plan_file` is a picture of the site. `alarms`: every definition, also those that are switched off;
    `drafting` reads others, to be tried.
    `export_command` starts what makes a disclosure's bundle; without it, the hub makes none.
    A contact's `url_file`, a webhook's `secret_file` and the files of `viid` are absolute paths. `timezone`:
    an IANA name.
    """

    site_id: str
    title: dict[str, str]
    broker: Broker
    data_dir: Path
    tenant: str = "default"
    areas: dict[str, dict[str, str]] = field(default_factory=dict)
    plan_file: Path | None = None
    http_host: str = "127.0.0.1"
    http_port: int = 8080
    ledger_url: str | None = None
    pages: Path | None = None
    processes_file: Path | None = None
    retention: Retention = field(default_factory=Retention)
    influx: InfluxSettings | None = None
    insecure: bool = False
    timezone: str = "Asia/Shanghai"
    wall: WallSettings | None = None
    alarms: tuple[Definition, ...] = ()
    drafting: Drafting | None = None
    contacts: tuple[Contact, ...] = ()
    webhooks: tuple[Webhook, ...] = ()
    posts: tuple[Post, ...] = ()
    supplies: tuple[Supply, ...] = ()
    order_kinds: tuple[OrderKind, ...] = ()
    working_hours: WorkingHours = field(default_factory=WorkingHours)
    charging: ChargingSettings = field(default_factory=ChargingSettings)
    passes: PassSettings = field(default_factory=PassSettings)
    register: RegisterSettings = field(default_factory=RegisterSettings)
    commissioning: CommissioningSettings = field(default_factory=CommissioningSettings)
    home_assistant: HomeAssistantSettings = field(default_factory=HomeAssistantSettings)
    disclosure: DisclosureSettings = field(default_factory=DisclosureSettings)
    viid: ViidSettings = field(default_factory=ViidSettings)
    police: PoliceSettings = field(default_factory=PoliceSettings)
    export_command: tuple[str, ...] | None = None

    @property
    def ledger(self) -> str:
        """SQLAlchemy URL of the ledger."""
        return self.ledger_url or f"sqlite:///{self.data_dir / 'ledger.sqlite'}"

    @property
    def history_file(self) -> Path:
        """Where the embedded history is kept."""
        return self.data_dir / HISTORY_FILE

    @property
    def disclosures_dir(self) -> Path:
        """Where the bundles of disclosures lie."""
        return Path(self.disclosure.folder or self.data_dir / "disclosures")

    @property
    def media_dir(self) -> Path:
        """Where pictures and clips are kept, named by their SHA-256."""
        return self.data_dir / "media"
