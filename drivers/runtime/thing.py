"""The driver host as a thing, and devices as things of a site."""

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace

from contract.messages import Scalar
from contract.things import Property, Thing, ThingModel
from drivers.runtime.counting import Counters
from drivers.runtime.settings import DeviceSettings, HostSettings
from drivers.runtime.storage import Storage


def _count(zh: str, en: str, unit: str | None = None) -> Property:
    return Property(type="integer", title={"zh-CN": zh, "en": en}, unit=unit, minimum=0, history=False)


HOST_MODEL: Final = ThingModel(
    properties={
        "devices": _count("设备数", "Devices"),
        "devices-ready": _count("在线设备数", "Devices that answer"),
        "outbox-waiting": _count("待确认事件", "Events the hub has not committed"),
        "outbox-bytes": _count("待确认数据量", "Bytes the hub has not committed", "B"),
        "list-entries": _count("名单条目", "Entries of the lists here"),
        "events-refused": _count("未能保存的事件", "Events that could not be kept"),
        "events-resent": _count("重发事件", "Events sent again"),
        "publishes-denied": _count("被拒发布", "Messages the broker refused"),
        "messages-rejected": _count("无效消息", "Messages that could not be read"),
        "malformed": _count("设备乱码", "Device messages that make no sense"),
        "retained-actions-ignored": _count("忽略的保留指令", "Retained actions ignored"),
        "actions-repeated": _count("重复指令", "Actions that came again"),
    },
    actions={},
    events={},
)


def host_thing(settings: HostSettings) -> Thing:
    """Describe the host itself."""
    name = settings.host_id
    return Thing(
        address=settings.address,
        title=settings.title or {"zh-CN": f"驱动主机 {name}", "en": f"Driver host {name}"},
        model=replace(HOST_MODEL, heartbeat_s=settings.heartbeat_s),
        tenant=settings.tenant,
    )


def device_thing(settings: HostSettings, device: DeviceSettings, model: ThingModel) -> Thing:
    """Describe a device as it stands in the site."""
    return Thing(
        address=settings.address_of(device),
        title=device.title,
        model=model,
        product=device.model,
        location=device.location,
        driver=settings.host_id,
        tenant=settings.tenant,
    )


def host_properties(devices: int, ready: int, storage: Storage, counters: Counters) -> Mapping[str, Scalar]:
    """Return what the host knows about itself."""
    return {
        "devices": devices,
        "devices-ready": ready,
        "outbox-waiting": storage.outbox.waiting,
        "outbox-bytes": storage.outbox.waiting_bytes,
        "list-entries": storage.lists.entries,
        "events-refused": counters.events_refused,
        "events-resent": counters.events_resent,
        "publishes-denied": counters.publishes_denied,
        "messages-rejected": counters.messages_rejected,
        "malformed": counters.malformed,
        "retained-actions-ignored": counters.retained_actions_ignored,
        "actions-repeated": counters.actions_repeated,
    }
