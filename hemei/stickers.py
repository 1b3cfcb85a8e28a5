"""A4 sheets of stickers for charging points: QR code, name of the connector, what the code must open.

An SVG is one page; an HTML file has all of them, to be printed at once. Lengths are in mm.
"""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import segno

from contract.errors import ConfigurationError

ENDINGS: Final = (".html", ".svg")

WIDTH: Final = 210
HEIGHT: Final = 297
MARGIN: Final = 9
COLUMNS: Final = 3
ROWS: Final = 4
CELL: Final = ((WIDTH - 2 * MARGIN) / COLUMNS, (HEIGHT - 2 * MARGIN) / ROWS)
QR_SIZE: Final = 42
CORRECTION: Final = "q"
"""A quarter of a code may be scratched or dirty (ISO/IEC 18004)."""

FONT: Final = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
PAGE_STYLE: Final = "@page{size:A4;margin:0}body{margin:0}svg{display:block;break-after:page}"


class Sticker(NamedTuple):
    """One connector: what it is called in both languages, its id, and the address of its page."""

    title: Mapping[str, str]
    device: str
    link: str


def check_sheet(file: Path) -> None:
    """ConfigurationError unless a sheet may be called so."""
    if file.suffix not in ENDINGS:
        raise ConfigurationError(f"{file}: allowed: a name that ends with {' or '.join(ENDINGS)}")


def write_sheet(file: Path, stickers: Sequence[Sticker]) -> list[Path]:
    """Write a sheet as `.html`, or as `.svg`: `FILE.svg`, `FILE-2.svg`, … Return the files."""
    check_sheet(file)
    pages = [_page(stickers[at : at + COLUMNS * ROWS]) for at in range(0, len(stickers), COLUMNS * ROWS)]
    if file.suffix == ".html":
        texts = {file: _document(pages)}
    else:
        texts = {_numbered(file, number): page for number, page in enumerate(pages, 1)}
    for each, text in texts.items():
        try:
            each.write_text(text, encoding="utf-8")
        except OSError as wrong:
            raise ConfigurationError(f"{each}: cannot be written: {wrong.strerror}") from wrong
    return list(texts)


def _numbered(file: Path, number: int) -> Path:
    return file if number == 1 else file.with_stem(f"{file.stem}-{number}")


def _document(pages: Sequence[str]) -> str:
    head = f'<meta charset="utf-8"><title>扫码充电 · Scan to charge</title><style>{PAGE_STYLE}</style>'
    return f'<!doctype html><html lang="zh-CN"><head>{head}</head><body>{"".join(pages)}</body></html>\n'


def _page(stickers: Sequence[Sticker]) -> str:
    size = f'width="{WIDTH}mm" height="{HEIGHT}mm" viewBox="0 0 {WIDTH} {HEIGHT}"'
    cells = "".join(
        f'<g transform="translate({MARGIN + number % COLUMNS * CELL[0]:.2f} '
        f'{MARGIN + number // COLUMNS * CELL[1]:.2f})">{"".join(_cell(each))}</g>'
        for number, each in enumerate(stickers)
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONT}">{cells}</svg>'


def _cell(sticker: Sticker) -> Iterator[str]:
    width, height = CELL
    yield f'<rect width="{width:.2f}" height="{height:.2f}" fill="#fff" stroke="#bbb" stroke-width=".1"/>'
    yield _line(6.5, 4.2, "扫码充电 · Scan to charge")
    yield _qr(sticker.link, (width - QR_SIZE) / 2, 8)
    yield _line(54.5, 4, sticker.title.get("zh-CN") or sticker.device)
    yield _line(59.5, 3.2, sticker.title.get("en") or "")
    yield _line(63.5, 2.4, sticker.device)
    # A code that somebody pasted over ours leads elsewhere.
    yield _line(67.5, 2.2, f"网址应为 · must open {_start(sticker.link)}")


def _qr(link: str, x: float, y: float) -> str:
    code = segno.make_qr(link, error=CORRECTION).svg_inline(omitsize=True, border=4)
    return f'<svg x="{x:.2f}" y="{y}" width="{QR_SIZE}" height="{QR_SIZE}">{code}</svg>'


def _line(y: float, size: float, text: str) -> str:
    """Write a line in the middle, smaller where it would not fit."""
    fitting = min(size, (CELL[0] - 4) / max(_ems(text), 1))
    at = f'x="{CELL[0] / 2:.2f}" y="{y}"'
    return f'<text {at} font-size="{fitting:.2f}" text-anchor="middle">{escape(text)}</text>'


def _ems(text: str) -> float:
    """Return about how wide a text is: a Chinese character is as wide as it is high."""
    return sum(1.0 if unicodedata.east_asian_width(each) in "WF" else 0.6 for each in text)


def _start(link: str) -> str:
    parts = urlsplit(link)
    return f"{parts.scheme}://{parts.netloc}/c/…"
