"""What `hemei history` says to people."""

from typing import Final

from hemei.language import Phrase

IS_COPIED: Final = Phrase(
    "历史数据已复制，核对无误：{series:,} 条序列，本次写入 {count:,} 条",
    "History is copied, and both are the same: {series:,} series, {count:,} rows written this time",
)
CHOOSE: Final = Phrase(
    "要让中枢使用它：把 {file} 里的 [history] engine 改为 {engine!r}",
    "To have the hub use it, say engine = {engine!r} under [history] in {file}",
)
DIFFERS: Final = Phrase(
    "两边不一致：{count:,} 处；原来的数据没有改动",
    "They differ: {count:,} findings; the original is unchanged",
)
DIFFERENCE: Final = Phrase(
    "{series}：{what}：原有 {had.count:,} 条，合计 {had.total:g}；副本 {has.count:,} 条，合计 {has.total:g}",
    "{series}: {what}: {had.count:,} that add up to {had.total:g}; the copy: {has.count:,}, {has.total:g}",
)
WHAT: Final = {
    "samples": Phrase("原始数据", "raw samples"),
    "minute": Phrase("分钟数据", "sums by the minute"),
    "hour": Phrase("小时数据", "sums by the hour"),
}
PARTS: Final = {
    "samples": Phrase("复制原始数据", "samples"),
    "compared": Phrase("核对原始数据", "comparing samples"),
    "sums": Phrase("复制汇总数据", "sums"),
    "sums-compared": Phrase("核对汇总数据", "comparing sums"),
}
