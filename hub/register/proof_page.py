"""The proof that a withdrawn face is gone, as one HTML page to print that needs nothing else. Pure."""

from datetime import datetime
from typing import Any, Final, Literal
from xml.etree.ElementTree import Element, SubElement, tostring

from hub.evidence.case_sheet import STYLE, PageSettings, Sheet
from hub.register.consent_view import Proof, RemovalView
from hub.register.keeping import RegisterSite

Language = Literal["zh-CN", "en"]

_ZH: Final = {
    "proof": "人脸信息删除证明",
    "complete": "所有终端均已删除",
    "incomplete": "尚有终端未证明删除",
    "none": "没有登记任何人脸终端",
    "person": "人员编号",
    "name": "姓名",
    "room": "房号",
    "withdrawal": "撤回编号",
    "since": "撤回时间",
    "by": "登记人",
    "how": "撤回方式",
    "completed": "完成时间",
    "terminals": "终端",
    "device": "设备",
    "title": "名称",
    "state": "结果",
    "asked": "要求删除",
    "done": "证明时间",
    "event": "事件",
    "sha256": "事件 SHA-256",
    "audit": "审计条目",
    "open": "未答复",
    "refused": "未删除",
    "acknowledged": "已删除（终端无法查询复核）",
    "proven": "已删除，复核确无此人",
    "waived": "免于答复",
    "paper": "书面",
    "desk": "现场",
    "online": "线上",
    "other": "其他",
    "moved-out": "搬离时由系统登记",
    "printed": "打印",
    "check": "“审计条目”为本系统防篡改审计中的编号，其中记有同一 SHA-256；可用 hemei audit verify 校验。",
}
_EN: Final = {
    "proof": "Proof that face data are deleted",
    "complete": "Deleted on every terminal",
    "incomplete": "A terminal still owes its proof",
    "none": "No face terminal is known",
    "person": "Person",
    "name": "Name",
    "room": "Room",
    "withdrawal": "Withdrawal",
    "since": "Withdrawn",
    "by": "Recorded by",
    "how": "How",
    "completed": "Complete since",
    "terminals": "Terminals",
    "device": "Device",
    "title": "Title",
    "state": "Outcome",
    "asked": "Asked",
    "done": "Proved",
    "event": "Event",
    "sha256": "SHA-256 of the event",
    "audit": "Audit entry",
    "open": "no answer yet",
    "refused": "not deleted",
    "acknowledged": "deleted (cannot be asked again)",
    "proven": "deleted; asked again, it knew nobody",
    "waived": "need not answer",
    "paper": "on paper",
    "desk": "at the desk",
    "online": "online",
    "other": "otherwise",
    "moved-out": "by the hub, when they left",
    "printed": "Printed",
    "check": "The audit entry is a number in this system's hash-chained audit, which holds the same SHA-256; "
    "`hemei audit verify` checks it.",
}
WORDS: Final = {"zh-CN": _ZH, "en": _EN}
COLUMNS: Final = ("device", "title", "state", "asked", "done", "event", "sha256", "audit")


def proof_page(proof: Proof, site: RegisterSite, now: datetime, language: Language, by: str) -> str:
    """Write the page. `by`: who prints it."""
    settings = PageSettings(language=language, zone=site.zone, site=site.title, made=now, made_by=by)
    return _Page(settings).write(proof)


class _Page(Sheet):
    def write(self, proof: Proof) -> str:
        view = proof.withdrawal
        root = Element("html", lang=self.language)
        head = SubElement(root, "head")
        SubElement(head, "meta", charset="utf-8")
        SubElement(head, "meta", name="robots", content="noindex")
        SubElement(head, "title").text = f"{self.word('proof')} · {view.n}"
        SubElement(head, "style").text = STYLE
        body = SubElement(root, "body")
        SubElement(body, "p").text = self.title(self.settings.site)
        SubElement(body, "h1").text = self.word("proof")
        outcome = SubElement(body, "p", {} if view.complete else {"class": "missing"})
        outcome.text = self.word("complete" if view.complete else "incomplete")
        facts = {"withdrawal": view.n, "person": view.person, "name": view.name or None, "room": view.room}
        facts |= {"since": self.time(view.since), "by": view.by, "how": self.word(view.how)}
        self.pairs(body, facts | {"completed": self._when(view.completed)})
        self.heading(body, "terminals")
        if not proof.removals:
            SubElement(body, "p").text = self.word("none")
        self.table(body, COLUMNS, [self._row(each) for each in proof.removals])
        self._footer(body)
        return "<!doctype html>\n" + tostring(root, encoding="unicode", method="html") + "\n"

    def word(self, key: str) -> str:
        return WORDS[self.language].get(key, key)

    def _row(self, removal: RemovalView) -> dict[str, Any]:
        state = self.word(removal.state)
        if removal.waived_by is not None:
            state = f"{state} · {removal.waived_by} · {removal.waived_why}"
        return {
            "device": removal.device,
            "title": self.title(removal.title or {}),
            "state": state,
            "asked": self._when(removal.asked),
            "done": self._when(removal.done),
            "event": removal.event,
            "sha256": removal.sha256,
            "audit": removal.audit,
        }

    def _when(self, time: str | None) -> str | None:
        return None if time is None else self.time(time)

    def _footer(self, body: Element) -> None:
        footer = SubElement(body, "footer")
        made = self.settings.made.astimezone(self.settings.zone).isoformat(" ", "seconds")
        SubElement(footer, "p").text = f"{self.word('printed')} {made} · {self.settings.made_by}"
        SubElement(footer, "p").text = self.word("check")
