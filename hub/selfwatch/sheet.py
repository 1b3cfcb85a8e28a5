"""What the hub says of itself: the data sheet of the device `{site}/hub/hub`."""

from typing import Final

from contract.things import Description, Property, Thing, ThingModel, read_description
from contract.topics import HUB_KIND, Address

TITLE: Final = {"zh-CN": "指挥中心", "en": "The hub itself"}


def _flag(zh: str, en: str) -> Property:
    return Property(type="boolean", title={"zh-CN": zh, "en": en}, history=False)


def _number(zh: str, en: str, unit: str | None = None) -> Property:
    return Property(type="number", title={"zh-CN": zh, "en": en}, unit=unit, history=False)


MODEL: Final = ThingModel(
    properties={
        "ledger-failing": _flag("台账写入失败", "Ledger failing"),
        "history-failing": _flag("历史写入失败", "History failing"),
        "media-failing": _flag("媒体保存失败", "Media failing"),
        "disk-free-percent": _number("磁盘剩余", "Disk free", "%"),
        "clock-offset-s": _number("时钟偏差", "Clock offset", "s"),
        "clock-source": Property(
            type="string",
            title={"zh-CN": "时钟偏差来源", "en": "Clock compared with"},
            enum=("ntp", "drivers"),
            history=False,
        ),
        "behind-s": _number("处理滞后", "Behind", "s"),
        "link-online": _flag("已连代理", "Broker reached"),
        "notify-failing": _flag("通知失败", "Notifications failing"),
        "webhook-failing": _flag("Webhook 推送失败", "Webhooks failing"),
        "canary-late": _flag("自检未到", "Canary late"),
        "presence-missed": _flag("值守签到未到", "Presence check missed"),
        "orders-overdue": _number("逾期工单", "Work orders overdue"),
        "feed-failing": _flag("公安视图库推送失败", "Police feed failing"),
        "feed-lag-s": _number("公安视图库推送滞后", "Police feed behind", "s"),
        "feed-set-aside": _number("公安视图库搁置数", "Police feed: set aside"),
    },
    actions={},
    events={},
)


def address_of(site: str) -> Address:
    """Return where the hub's own alarms stand."""
    return Address(site, HUB_KIND, "hub")


def description_of(address: Address) -> Description:
    """Describe the hub as any device describes itself."""
    return read_description(Thing(address=address, title=TITLE, model=MODEL).description())
