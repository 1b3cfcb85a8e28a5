"""The page on which messages stand as on a telephone's screen; links in them can be followed. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Final

from msgspec import Struct

LINK: Final = re.compile(r"https?://\S+")
REFRESH_S: Final = 3
WORDS: Final = {
    "zh-CN": {
        "page": "警格手机（演示）",
        "says": "移交警格的报警会发到这里，和发到警官手机上一样。点开消息里的链接，就是警官看到的页面。",
        "none": "还没有消息。请在值班台打开一条报警，点“移交警格…”。",
        "to": "发给 {owner}",
    },
    "en": {
        "page": "Grid officers’ telephones (demo)",
        "says": "An alarm that is handed to the police arrives here, as it would on an officer’s telephone."
        " The link in it opens what the officer sees.",
        "none": "No message yet. Open an alarm on the console and hand it to the police grid.",
        "to": "For {owner}",
    },
}
STYLE: Final = """
:root { color-scheme: light; }
body { margin: 0; background: #e9edf1; color: #17212b;
  font: 17px/1.6 system-ui, "Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif; }
main { max-width: 34rem; margin: 0 auto; padding: 20px 16px 48px; display: grid; gap: 14px; }
h1 { font-size: 1.3rem; margin: 0; }
p { margin: 0; }
.says, small { color: #4a5a69; }
article { background: #fff; border-radius: 6px 18px 18px; padding: 12px 16px; }
article p { white-space: pre-line; overflow-wrap: anywhere; }
a { color: #0b57a4; display: inline-block; padding: 4px 0; }
small { display: block; font-size: .85rem; }
"""


class Message(Struct, frozen=True, kw_only=True):
    """A message that arrived; `owner`: on whose telephone."""

    owner: str
    at: datetime
    title: str
    text: str


def page(newest: Sequence[Message], owners: Mapping[str, Mapping[str, str]], language: str) -> str:
    """Write the page; it loads itself anew."""
    words = WORDS[language]
    shown = "".join(_article(each, owners[each.owner], language) for each in newest)
    shown = shown or f"<p>{words['none']}</p>"
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="refresh" content="{REFRESH_S}"><title>{words["page"]}</title>'
        f"<style>{STYLE}</style><main><h1>{words['page']}</h1>"
        f'<p class="says">{words["says"]}</p>{shown}</main></html>'
    )


def _article(message: Message, owner: Mapping[str, str], language: str) -> str:
    to = WORDS[language]["to"].format(owner=owner.get(language) or next(iter(owner.values())))
    title = f"<b>{escape(message.title)}</b>" if message.title else ""
    head = f"<small>{escape(to)} · <time>{message.at:%H:%M:%S}</time></small>"
    return f"<article>{head}{title}<p>{''.join(_linked(message.text))}</p></article>"


def _linked(text: str) -> Iterator[str]:
    """Yield the text for HTML, its addresses as links that tell nobody where they were followed from."""
    end = 0
    for found in LINK.finditer(text):
        address = escape(found[0])
        yield escape(text[end : found.start()])
        yield f'<a href="{address}" target="_blank" rel="noopener noreferrer">{address}</a>'
        end = found.end()
    yield escape(text[end:])
