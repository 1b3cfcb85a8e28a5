"""What `hemei bench` says to people."""

from typing import Final

from hemei.language import Phrase

TITLE: Final = Phrase(
    "每秒 {rate:,.0f} 条，QoS {qos}，{devices:,} 台设备，{seconds:g} 秒",
    "{rate:,.0f} messages a second, QoS {qos}, {devices:,} devices, {seconds:g} s",
)
APART: Final = Phrase("，中枢独占一个核", ", the hub on a core of its own")
ALARMS_TITLE: Final = Phrase(
    "每秒 {rate:g} 个报警，另有每秒 {background:,.0f} 条消息，{devices:,} 台设备，{seconds:g} 秒",
    "{rate:g} alarms a second beside {background:,.0f} messages a second, {devices:,} devices, {seconds:g} s",
)
PLATES_TITLE: Final = Phrase(
    "车牌推送 {pushes:,} 次，名单 {vehicles:,} 辆，图片 {picture:,} KiB，无平台、无消息代理",
    "{pushes:,} plates pushed, {vehicles:,} on the list, pictures of {picture:,} KiB, no hub, no broker",
)
FIGURES: Final = {
    "sustained": Phrase("持续入库", "sustained"),
    "sent": Phrase("发送", "sent"),
    "lost": Phrase("丢失", "lost"),
    "duplicates": Phrase("重复", "duplicates"),
    "unseen": Phrase("未显示", "not shown"),
    "out-of-order": Phrase("乱序", "out of order"),
    "longest": Phrase("最长", "longest"),
    "late": Phrase("发生器最大滞后", "generator late by at most"),
    "admitted": Phrase("放行", "let in"),
    "refused": Phrase("拒绝", "refused"),
    "wrong": Phrase("答错", "answered wrongly"),
    "unopened": Phrase("应开未开", "not opened"),
    "opened-wrongly": Phrase("误开", "opened wrongly"),
    "answer": Phrase("推送到应答", "push to answer"),
    "relay": Phrase("推送到继电器", "push to relay"),
}
MACHINE: Final = Phrase(
    "测试前：{cores} 核中已忙 {busy:g} 核，一分钟平均负载 {load:g}",
    "Before: {busy:g} of {cores} cores busy with other things, load {load:g} over a minute",
)
LIVE_TITLE: Final = Phrase(
    "实时画面：每秒 {rate:,.0f} 条，另有每秒 {alarms:g} 个报警，{devices:,} 台设备，{seconds:g} 秒",
    "Live stream: {rate:,.0f} messages a second beside {alarms:g} alarms, {devices:,} devices, {seconds:g} s",
)
VIEWERS: Final = Phrase("{count} 个屏", "{count} viewers")
LIVE: Final = {
    "p50": Phrase("发布到看见 p50", "published to seen, p50"),
    "p99": Phrase("发布到看见 p99", "published to seen, p99"),
    "worst-p99": Phrase("最慢一屏 p99", "p99 of the slowest viewer"),
    "longest": Phrase("最长", "longest"),
    "published": Phrase("发布", "published"),
    "least-seen": Phrase("看见最少的一屏", "seen by whoever saw least"),
    "alarms": Phrase("报警", "alarms"),
    "alarms-missed": Phrase("未看见的报警", "alarms not seen, over all viewers"),
    "alarms-twice": Phrase("重复看见的报警", "alarms seen twice, over all viewers"),
    "cut-off": Phrase("被断开的屏", "viewers cut off"),
    "late": Phrase("发生器最大滞后", "generator late by at most"),
    "hub-cores": Phrase("平台占用核数", "cores taken by the hub"),
    "hub-memory": Phrase("平台内存峰值", "peak memory of the hub"),
}
WITHIN: Final = Phrase(
    "达标：所有屏 p99 不超过 {limit:g} ms，每个报警每屏看见一次",
    "Well: p99 of all is at most {limit:g} ms, and every viewer saw every alarm once",
)
NOT_WITHIN: Final = Phrase(
    "未达标：p99 超过 {limit:g} ms，或有屏漏看、重复看见报警",
    "Not well: p99 is over {limit:g} ms, or a viewer missed an alarm or saw it twice",
)
REST_TITLE: Final = Phrase("空闲的小区，{seconds:g} 秒", "A community at rest, {seconds:g} s")
REST_WITHIN: Final = Phrase(
    "达标：平台占内存不超过 {memory:g} MiB，占一个核的 {cores:.0%} 以内",
    "Well: the hub takes at most {memory:g} MiB, and {cores:.0%} of a core",
)
REST_NOT_WITHIN: Final = Phrase(
    "未达标：平台占内存超过 {memory:g} MiB，或超过一个核的 {cores:.0%}",
    "Not well: the hub takes over {memory:g} MiB, or over {cores:.0%} of a core",
)
WALL_TITLE: Final = Phrase(
    "大屏：{devices:,} 台设备，{alarms:,} 个未关闭报警，每秒 {rate:g} 次变化，{seconds:g} 秒",
    "Wall: {devices:,} devices, {alarms:,} open alarms, {rate:g} changes a second, {seconds:g} s",
)
WALL: Final = {
    "shown": Phrase("打开到显示设备", "from opening to the first device"),
    "open": Phrase("按下到设备卡片", "from a press to the device's card"),
    "mean-fps": Phrase("平均帧率", "frames a second, mean"),
    "low-fps": Phrase("最慢 1% 帧率", "frames a second, slowest 1 %"),
    "longest-frame": Phrase("最长一帧", "longest frame"),
    "long-tasks": Phrase("长任务（最长）", "long tasks (the longest)"),
    "work": Phrase("脚本／样式／排版", "script / style / layout"),
    "start": Phrase("开始：堆／进程，节点，监听器", "start: heap / process, nodes, listeners"),
    "end": Phrase("结束：堆／进程，节点，监听器", "end: heap / process, nodes, listeners"),
    "changes": Phrase("变化次数", "changes"),
    "late": Phrase("发生器最大滞后", "generator late by at most"),
    "days": Phrase("模拟天数", "simulated days"),
    "growth": Phrase("每天增长：堆，节点，监听器", "gained a day: heap, nodes, listeners"),
}
HISTORY_TITLE: Final = Phrase(
    "历史数据：{points:,} 个采样，{series:,} 条曲线，每 {every:g} 秒一个，{days} 天",
    "History: {points:,} samples, {series:,} series, one every {every:g} s, {days} days",
)
HISTORY: Final = {
    "sustained": Phrase("持续写入（含汇总）", "written and condensed, sustained"),
    "cpu": Phrase("本进程 CPU", "CPU of this process"),
    "longest-write": Phrase("最长一次写入", "longest write"),
    "longest-condense": Phrase("最长一次汇总", "longest pass of condensing"),
    "bytes-written": Phrase("写入后每个采样字节数", "bytes a sample, as written"),
    "bytes-condensed": Phrase("汇总后每个采样字节数", "bytes a sample, condensed, with all sums"),
    "day": Phrase("近 24 小时按分钟 p50／p99（点数）", "last 24 h by the minute, p50 / p99 (points)"),
    "trend": Phrase("30 天趋势 p50／p99（点数）", "trend of 30 days, p50 / p99 (points)"),
    "hour": Phrase("一小时原始采样 p50／p99（点数）", "raw hour, p50 / p99 (points)"),
}
COLUMNS: Final = (
    Phrase("进程", "process"),
    Phrase("CPU 秒", "CPU s"),
    Phrase("内存峰值 MiB", "peak MiB"),
)
