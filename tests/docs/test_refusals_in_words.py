"""Whatever the hub refuses on a page has Chinese words: its own are English."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
WORDS = ROOT / "dashboards" / "src" / "i18n"
ELSEWHERE = (
    "hub/alarms/rules",
    "hub/bundle",  # for who runs `hemei verify`, and in the words of a disclosure that failed
    "hub/history/influx",
    "hub/home_assistant",  # for its log, and in both languages
    "hub/ingest",
    "hub/lists",
    "hub/live",
    "hub/media.py",
    "hub/shadows",
    "hub/viid",  # for the library
)
OF_PAGES_WITH_WORDS_OF_THEIR_OWN = {
    *("bad-request", "code-expired", "code-unknown", "code-used"),  # the page of who charges
    *("link-gone", "link-over", "link-unknown", "referral-refused"),  # the pages behind a link
    *("plate-refused", "not-a-table"),  # the page of a household, the sheet of an import
    *("sign-in-refused", "outcome-unknown", "unknown"),
}
OF_NO_PAGE = {
    *("bad-before", "misplaced", "retained-preview"),  # no page asks so
    *("cannot-listen", "not-released", "overtaken"),
}


def test_every_code_has_words() -> None:
    said = {code for words in lists() for code in keys(words)}
    codes = {code for file in (ROOT / "hub").rglob("*.py") if of_a_page(file) for code in refused(file)}
    assert len(codes) > 100
    assert codes - said == OF_PAGES_WITH_WORDS_OF_THEIR_OWN | OF_NO_PAGE


def of_a_page(file: Path) -> bool:
    return not file.relative_to(ROOT).as_posix().startswith(ELSEWHERE)


def lists() -> Iterator[str]:
    """Yield the words for codes: those of every page, then those of places of their own."""
    yield (WORDS / "refused.zh-CN.ts").read_text("utf-8")
    for file in WORDS.glob("*.zh-CN.ts"):
        yield from re.findall(r"\w+Code: \{\n(.*?)\n  \}", file.read_text("utf-8"), re.DOTALL)


def keys(words: str) -> Iterator[str]:
    for quoted, bare in re.findall(r'^\s+(?:"([a-z0-9-]+)"|([a-z0-9]+)): "', words, re.MULTILINE):
        yield quoted or bare


def refused(file: Path) -> Iterator[str]:
    """Yield the codes of errors that a module raises or defines."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.keyword) and node.arg == "code" and isinstance(node.value, ast.Constant):
            yield str(node.value.value)
        elif isinstance(node, ast.Assign) and [ast.unparse(each) for each in node.targets] == [
            "default_code"
        ]:
            assert isinstance(node.value, ast.Constant)
            yield str(node.value.value)
