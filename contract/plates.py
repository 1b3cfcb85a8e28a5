"""Number plates: how they are written, and which characters cameras take for one another. Pure."""

import re
import unicodedata
from typing import Final

MOST_CHARACTERS: Final = 16

PROVINCES: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_SPECIAL: Final = "使领警学港澳挂试超"

_SEPARATORS: Final = re.compile(r"[\s·•・.\-_]+")

CONFUSED: Final = ("0ODQ", "1IL", "2Z", "5S", "8B", "6G", "UV")
"""Characters that cameras and people take for one another; the first stands for all of its group.

Plates have neither I nor O after the second place (GA 36-2018, 5.9), but readings of them do.
"""

_FOLD: Final = str.maketrans({each: group[0] for group in CONFUSED for each in group})


def normalised(text: str) -> str:
    """Write a plate as lists and records keep it: upper case, half width, without dots, dashes and spaces."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).upper()


def is_plate(text: str) -> bool:
    """Whether a normalised text may stand for a plate: letters, digits and plates' own Chinese characters."""
    return re.fullmatch(rf"[A-Z0-9{PROVINCES}{_SPECIAL}]{{2,{MOST_CHARACTERS}}}", text) is not None


def folded(plate: str) -> str:
    """Write a plate so that readings that differ only in easily confused characters are the same."""
    return plate.translate(_FOLD)
