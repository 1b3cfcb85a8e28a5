"""What stands on the hand-over record (移交记录), the paper that a bundle is compared with. Pure.

Chinese first. It holds what the register holds, and the sums by which whoever got the bundle finds that it is
still the one.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from contract.things import Words
from hub.bundle.contents import Contents, Counted
from hub.bundle.cover import Both, both
from hub.bundle.times import short
from hub.disclosure.request import Disclosure, Made

MIB: Final = 1024 * 1024
NO_BREAK: Final = "\u00a0"
NOT_KEPT: Final = ("未留存，见封面 not kept, see the cover",)
"""Of what was made before its contents were kept."""


class Line(NamedTuple):
    """A name and what is said of it: as many `items` as `most` lines hold, and how many more there are."""

    label: Both
    items: Sequence[str]
    most: int
    between: str = "；"
    counted: str = "项"


class Record(NamedTuple):
    """Everything on it. `sums`: digests of 64 hexadecimal digits. `commands`: whose, and what to type."""

    title: Both
    site: Both
    lines: Sequence[Line]
    sums: Sequence[tuple[Both, str]]
    commands: Sequence[tuple[str, str]]
    advice: Both
    seal: Both
    note: Both


def record_of(found: Disclosure, made: Made, site: Words, zone: ZoneInfo) -> Record:
    """Put the record of a disclosure together whose bundle is made."""
    return Record(
        title=Both(f"移交记录 {found.number}", f"Hand-over record of disclosure {found.number}"),
        site=both(site),
        lines=[*_asked(found, zone), *_left(made, zone), *_handed(found, zone)],
        sums=_sums(found, made),
        commands=[
            ("Linux", f"sha256sum {made.name}"),
            ("macOS", f"shasum -a 256 {made.name}"),
            ("Windows", f"certutil -hashfile {made.name} SHA256"),
        ],
        advice=Both(
            "算出的校验值应与上面逐组相同；公钥指纹在核对签名时比对，见包内 README.txt。",
            "The sum must be the one above, group by group; the fingerprint is of the key in the bundle.",
        ),
        seal=Both("物业盖章", "Seal of the property"),
        note=Both(
            f"一式两份，双方各执一份；请与数据包分开保存。时间均为 {zone.key} 当地时间。",
            f"Two copies, one for each side; keep it apart from the bundle. Times are those of {zone.key}.",
        ),
    )


def _asked(found: Disclosure, zone: ZoneInfo) -> list[Line]:
    officers = [f"{each.name}（{each.number}）" for each in found.officers]
    basis, document = both(found.terms.title), both(found.terms.document)
    asked = f"{short(found.requested_ms, zone)} · {found.requested_by}"
    decided = f"{short(found.decided_ms or 0, zone)} · {found.decided_by}"
    return [
        Line(Both("案件编号", "Case"), [found.case_number], 2),
        Line(Both("调取单位", "Unit"), [found.unit], 2),
        Line(Both("办案人员（警号）", "Officers"), officers, 3, "、", "名"),
        Line(Both("法律依据", "Legal basis"), [basis.joined()], 2),
        Line(Both("文书", "Document"), [f"{found.document_number}（{document.joined()}）"], 2),
        Line(Both("申请人", "Requested by"), [asked], 2),
        Line(Both("批准人", "Released by"), [decided], 2),
    ]


def _left(made: Made, zone: ZoneInfo) -> list[Line]:
    """Say what is in the bundle, and what it is."""
    contents = made.contents
    locked = "；已加密 encrypted" if made.encrypted else ""
    size = f"{made.bytes:,} 字节 bytes（{made.bytes / MIB:,.1f} MiB）"
    software = f" · {contents.software}" if contents is not None else ""
    return [
        Line(Both("包内数据", "What is in it"), NOT_KEPT if contents is None else _inside(contents), 4),
        Line(Both("未提供的内容", "Withheld"), _withheld(contents), 3),
        Line(Both("文件", "File"), [f"{made.name} · {size} · {made.files:,} 个文件 files{locked}"], 2),
        Line(Both("制作", "Made"), [f"{short(made.made_ms, zone)}{software}"], 1),
        Line(Both("时间戳", "Time stamp"), _stamp(contents, zone), 2),
    ]


def _inside(contents: Contents) -> list[str]:
    tables = [_counted(each.what, each.number) for each in contents.tables]
    pictures = _counted({"zh-CN": "图片", "en": "pictures"}, contents.pictures)
    return [*tables, pictures, _counted({"zh-CN": "录像", "en": "clips"}, contents.clips)]


def _withheld(contents: Contents | None) -> Sequence[str]:
    """Say what was withheld; the reasons, behind a colon, stand on the cover."""
    if contents is None:
        return NOT_KEPT
    return [_brief(each) for each in contents.withheld] or ["无 none"]


def _brief(each: Counted) -> str:
    why = {language: text.split("：")[0].split(":")[0] for language, text in each.what.items()}
    return _counted(why, each.number)


def _counted(what: Words, number: int) -> str:
    return f"{both(what).joined(' ')}{NO_BREAK}{number:,}"


def _stamp(contents: Contents | None, zone: ZoneInfo) -> Sequence[str]:
    if contents is None:
        return NOT_KEPT
    stamp = contents.stamp
    return ["无 none"] if stamp is None else [f"{short(stamp.at_ms, zone)} · {stamp.by}（RFC 3161）"]


def _handed(found: Disclosure, zone: ZoneInfo) -> list[Line]:
    """Say what the register has of the hand-over."""
    if found.handed_ms is None:
        return [Line(Both("移交登记", "Handed over"), ["尚未登记 not entered yet"], 1)]
    handed = f"{short(found.handed_ms, zone)} · {found.handed_by}"
    return [
        Line(Both("移交登记", "Handed over by"), [handed], 2),
        Line(Both("接收登记", "Received by"), [found.handed_to], 2),
    ]


def _sums(found: Disclosure, made: Made) -> list[tuple[Both, str]]:
    sums = [(Both(f"校验值 SHA-256 · {made.name}"), made.sha256)]
    if made.encrypted and made.zip_sha256:
        inside = Both(f"解密后的压缩包 SHA-256 · {found.number}.zip", "decrypted")
        sums.append((inside, made.zip_sha256))
    if made.signer:
        sums.append((Both("签名公钥指纹 SHA-256", "fingerprint of the signing key"), made.signer))
    return sums
