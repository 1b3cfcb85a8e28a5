"""Why something does not leave, or not as it is; and how often."""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from contract.things import Words
from hub.bundle.source import Withheld


def _why(chinese: str, english: str) -> Words:
    return {"zh-CN": chinese, "en": english}


WHY: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "plates": _why(
            "车牌已遮挡：法律依据不允许，或不是所指对象的",
            "plates masked: the legal basis does not reveal them, or they are not of whom the scope names",
        ),
        "persons": _why(
            "登记编号已遮挡：法律依据不允许，或不是所指对象的",
            "keys of the register masked: the legal basis does not reveal them, or they are of others",
        ),
        "names": _why(
            "姓名或房号已遮挡：法律依据不允许，或不是所指对象的",
            "names or rooms masked: the legal basis does not reveal them, or they are of others",
        ),
        "telephones": _why(
            "电话已遮挡：法律依据不允许，或不是所指对象的",
            "telephone numbers masked: the legal basis does not reveal them, or they are of others",
        ),
        "identity": _why(
            "身份证号未提供：本系统不保存", "identity numbers do not leave: this system keeps none"
        ),
        "words": _why(
            "人写的文字未提供：其中的姓名无法可靠地找出并遮挡",
            "words that people wrote stay: names in them cannot be found for certain, to be masked",
        ),
        "data": _why(
            "事件数据项未提供：不在可提供的名单内",
            "items of events' data stay: they are not on the list of those that may leave",
        ),
        "media": _why(
            "图片或录像未提供：法律依据对这类数据不含图片或录像",
            "pictures or clips stay: for this kind of data, the legal basis does not include them",
        ),
        "pictures-masked": _why(
            "图片整幅打码：法律依据不允许看清人脸和车牌，或不是所指对象的",
            "pictures in blocks: the legal basis does not reveal faces and plates, or they are of others",
        ),
        "pictures-gone": _why(
            "图片或录像已过保存期，不在本系统", "pictures or clips are no longer kept: their days are over"
        ),
        "pictures-damaged": _why(
            "图片或录像文件已损坏：与其 SHA-256 不符",
            "the file of a picture or clip is damaged: it does not have its SHA-256",
        ),
        "pictures-unreadable": _why(
            "图片无法读取，因此也无法打码", "pictures that cannot be read, and so not be masked either"
        ),
        "clips": _why(
            "录像未提供：法律依据不允许，或不是所指对象的，录像不作打码",
            "clips stay: the legal basis does not reveal them, or they are of others; clips are not masked",
        ),
        "subjectless": _why(
            "测量数据与任何人、车无关：范围指定了人或车",
            "series of measurements are nobody's, and the scope names somebody",
        ),
        "samples-summed": _why(
            "原始测量值已过保存期：提供每分钟的最后一个值",
            "raw samples are no longer kept: the last of each minute leaves instead",
        ),
        "register-changed": _why(
            "姓名、电话、房号未提供：登记资料在批准后有变更，或已到期删除",
            "names, telephone numbers and rooms stay: since the release the register has changed, or they"
            " were erased",
        ),
        "alarm-state": _why(
            "报警在批准时的状态未提供：处置过程没有记下",
            "states of alarms stay: their timelines do not tell how they stood at the release",
        ),
        "alarm-priority": _why(
            "报警在批准时的级别未提供：处置过程没有记下",
            "priorities of alarms stay: their timelines do not tell how grave they were at the release",
        ),
    }
)
"""What is held back, by a word."""


class Tally:
    """Counts what is held back, and notes whose data leaves for anybody to see.

    `whose`: a word for what it is (`person`, `vehicle`, `plate`), and the key or the plate.
    """

    def __init__(self) -> None:
        self._counted: Counter[str] = Counter()
        self.whose: set[tuple[str, str]] = set()

    def add(self, what: str, number: int = 1) -> None:
        """Count something; KeyError if nobody would know why."""
        self._counted[what] += number if WHY[what] else 0

    def withheld(self) -> list[Withheld]:
        """Return what was held back, in the order in which it is explained."""
        counted = ((what, self._counted[what]) for what in WHY)
        return [Withheld(what=what, number=number, why=WHY[what]) for what, number in counted if number]
