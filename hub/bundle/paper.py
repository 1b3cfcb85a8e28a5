"""A sheet of A4 with the letters that it needs inside. The same content gives the same bytes.

A character that the letters lack is shown as 〓, as in the monthly report, whose letters these are. Measures
are millimetres, those of letters points.
"""

from datetime import datetime
from importlib.resources import as_file, files
from typing import Final

from fpdf import FPDF
from fpdf.fonts import TTFFont

from hub.bundle.cover import Both
from hub.monthly.look import INK

MARGIN: Final = 14.0
STEP: Final = 5.0
TEXT, SMALL, H1, H2 = 9.0, 7.5, 19.0, 12.0
_FAMILY: Final = "cover"
_FONTS: Final = {"": "report-regular.otf", "B": "report-bold.otf"}
_LACKING: Final = "〓"
_MM_PER_POINT: Final = 25.4 / 72


class Paper(FPDF):
    """What all papers of a disclosure are written on; `made`: the time that the file says."""

    def __init__(self, made: datetime) -> None:
        super().__init__(format="A4")
        for style, name in _FONTS.items():
            with as_file(files("hub.monthly") / "fonts" / name) as path:
                self.add_font(_FAMILY, style, path)
        font = self.fonts[_FAMILY]
        self.known = frozenset(font.ttfont.getBestCmap() if isinstance(font, TTFFont) else ())
        self.set_margin(MARGIN)
        self.set_lang("zh-CN")
        self.set_creation_date(made)

    def say(self, text: Both, size: float, style: str = "", colour: str = INK) -> None:
        """Write a text on lines of its own."""
        self.letters(size, style, colour)
        high = max(STEP, size * _MM_PER_POINT * 1.45)
        self.multi_cell(0, high, self.set_in(text.joined()), align="L", new_x="LMARGIN", new_y="NEXT")

    def letters(self, size: float, style: str = "", colour: str = INK) -> None:
        """Choose the letters of what comes next."""
        self.set_font(_FAMILY, style, size)
        self.set_text_color(colour)

    def set_in(self, text: str) -> str:
        """Return a text in the letters that there are."""
        return "".join(each if each == "\n" or ord(each) in self.known else _LACKING for each in text)
