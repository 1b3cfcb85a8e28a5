"""The acceptance record (调试验收记录) of a site, as one HTML page to print that needs nothing else. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from hub.commissioning.view import CommissioningView, DeviceRow, ProofView, Standing
from hub.evidence.case_sheet import STYLE, PageSettings, Sheet

_ZH: Final = {
    "record": "调试验收记录",
    "summary": "汇总",
    "devices": "设备",
    "device": "设备",
    "title": "名称",
    "area": "区域",
    "found": "发现时间",
    "placed": "已上图",
    "described": "型号 / 固件 / 驱动主机",
    "connectivity": "通信",
    "alarms": "报警定义",
    "standing": "通路",
    "proven_at": "最近证明",
    "proof": "证明（事件、SHA-256）",
    "painted_by": "显示屏",
    "seconds": "全程",
    "unplaced": "尚未上图",
    "proof_days": "证明有效天数",
    "proven": "已证明",
    "old": "已过期",
    "never": "从未证明",
    "unprovable": "无可证明的报警",
    "gone": "已拆除",
    "online": "在线",
    "device-offline": "设备离线",
    "driver-offline": "驱动离线",
    "link-offline": "链路离线",
    "unknown": "状态未知",
    "by_test": "调试测试",
    "by_itself": "真实报警",
    "by_state": "由状态触发，无事件",
    "printed": "本页生成于",
    "installer": "施工单位（签字、日期）",
    "supervisor": "监理单位（签字、日期）",
    "owner": "建设单位（签字、日期）",
    "yes": "是",
    "no": "否",
    "check": "SHA-256 为设备原始消息的摘要，可在事件台账中逐字节核对。"
    "“已证明”指该设备自身的报警从设备到屏幕走完全程。",
}
_EN: Final = {
    "record": "Acceptance record",
    "summary": "Summary",
    "devices": "Devices",
    "device": "Device",
    "title": "Title",
    "area": "Area",
    "found": "Found",
    "placed": "On a plan",
    "described": "Model / firmware / driver host",
    "connectivity": "Reachable",
    "alarms": "Alarm definitions",
    "standing": "Path",
    "proven_at": "Last proven",
    "proof": "Proof (event, SHA-256)",
    "painted_by": "Screen",
    "seconds": "Whole way",
    "unplaced": "On no plan yet",
    "proof_days": "A proof holds for, days",
    "proven": "proven",
    "old": "proven too long ago",
    "never": "never proven",
    "unprovable": "no alarm that could prove it",
    "gone": "taken away",
    "online": "online",
    "device-offline": "device offline",
    "driver-offline": "driver offline",
    "link-offline": "link offline",
    "unknown": "state unknown",
    "by_test": "by a test",
    "by_itself": "by an alarm that came by itself",
    "by_state": "raised by a state, not by an event",
    "printed": "Printed",
    "installer": "Installer (signature, date)",
    "supervisor": "Supervisor (signature, date)",
    "owner": "Owner (signature, date)",
    "yes": "yes",
    "no": "no",
    "check": "SHA-256 is that of the device's own message, as the ledger of events has it byte for byte. "
    "“Proven” means that an alarm of this very device went the whole way from the device to a screen.",
}
WORDS: Final = {"zh-CN": _ZH, "en": _EN}
_STYLE: Final = """
@page { size: A4 landscape; margin: 12mm; }
body { max-width: none; font-size: 9pt; } td { overflow-wrap: anywhere; }
thead ~ tbody td:nth-child(-n+4) { white-space: normal; } tbody th { width: 14rem; }
.sign { height: 3.5rem; width: 33%; }
"""
COLUMNS: Final = (
    "device",
    "area",
    "found",
    "placed",
    "described",
    "connectivity",
    "alarms",
    "standing",
    "proven_at",
    "seconds",
    "painted_by",
    "proof",
)


def record_page(view: CommissioningView, settings: PageSettings) -> str:
    """Write the page."""
    return _Page(settings).write(view)


class _Page(Sheet):
    def write(self, view: CommissioningView) -> str:
        root = Element("html", lang=self.language)
        head = SubElement(root, "head")
        SubElement(head, "meta", charset="utf-8")
        SubElement(head, "meta", name="robots", content="noindex")
        SubElement(head, "title").text = f"{self.word('record')} · {self.title(self.settings.site)}"
        SubElement(head, "style").text = STYLE + _STYLE
        body = SubElement(root, "body")
        SubElement(body, "p").text = self.title(self.settings.site)
        SubElement(body, "h1").text = self.word("record")
        self.heading(body, "summary")
        counts = {each.value: view.standings.get(each, 0) for each in Standing}
        self.pairs(body, {"proof_days": view.proof_days, "unplaced": view.unplaced} | counts)
        self.heading(body, "devices")
        self.table(body, COLUMNS, self._rows(view.devices))
        self._footer(body)
        return "<!doctype html>\n" + tostring(root, encoding="unicode", method="html") + "\n"

    def word(self, key: str) -> str:
        return WORDS[self.language].get(key, key)

    def _rows(self, devices: Sequence[DeviceRow]) -> list[dict[str, Any]]:
        return [self._row(each) for each in devices]

    def _row(self, device: DeviceRow) -> dict[str, Any]:
        proof = device.proof
        area = self.settings.areas.get(device.area or "", {})
        described = (device.product, device.firmware, device.driver)
        return {
            "device": f"{self.title(device.title)} · {device.device}",
            "area": self.title(area) or device.area,
            "found": self._when(device.found),
            "placed": self.word("yes" if device.placed else "no"),
            "described": " / ".join(filter(None, described)) or "—",
            "connectivity": self.word(device.connectivity.value if device.connectivity else "unknown"),
            "alarms": device.alarms,
            "standing": self.word(device.standing),
            "proven_at": self._when(proof.at) if proof else "—",
            "seconds": _seconds(proof),
            "painted_by": (proof.trace.painted_by or "—") if proof else "—",
            "proof": self._proof(proof),
        }

    def _when(self, text: str) -> str:
        moment = datetime.fromisoformat(text).astimezone(self.settings.zone)
        return moment.strftime("%Y-%m-%d %H:%M:%S")

    def _proof(self, proof: ProofView | None) -> str:
        if proof is None:
            return "—"
        how = self.word("by_test" if proof.test else "by_itself")
        what = f"{proof.event} · {proof.sha256}" if proof.event else self.word("by_state")
        return f"{how} · {self.title(proof.title)} · {what}"

    def _footer(self, body: Element) -> None:
        footer = SubElement(body, "footer")
        row = SubElement(SubElement(footer, "table"), "tr")
        for who in ("installer", "supervisor", "owner"):
            SubElement(row, "td", {"class": "sign"}).text = self.word(who)
        made = self.settings.made.astimezone(self.settings.zone).isoformat(" ", "seconds")
        SubElement(footer, "p").text = f"{self.word('printed')} {made} · {self.settings.made_by}"
        SubElement(footer, "p").text = self.word("check")


def _seconds(proof: ProofView | None) -> str:
    """Return how long it took from the device to the screen."""
    if proof is None or proof.trace.device is None or proof.trace.painted is None:
        return "—"
    painted, device = map(datetime.fromisoformat, (proof.trace.painted, proof.trace.device))
    return f"{(painted - device).total_seconds():.3f} s"
