"""What the command line says to people: Chinese where the locale is Chinese, else English."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, NamedTuple

_asked: Final[ContextVar[bool | None]] = ContextVar("asked", default=None)


@contextmanager
def speaking(*, chinese: bool) -> Iterator[None]:
    """Speak one language whatever the locale is, such as for a page that is printed."""
    before = _asked.set(chinese)
    try:
        yield
    finally:
        _asked.reset(before)


def speaks_chinese() -> bool:
    """Whether the first locale variable that is set names Chinese, in the order of POSIX."""
    asked = _asked.get()
    if asked is not None:
        return asked
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(variable)
        if value:
            return value.lower().startswith("zh")
    return False


class Phrase(NamedTuple):
    """One sentence in both languages; `{name}` stands for what differs."""

    zh: str
    en: str

    def __call__(self, **fields: object) -> str:
        """Say it in the locale's language."""
        return (self.zh if speaks_chinese() else self.en).format(**fields)


ERROR: Final = Phrase("错误：{message}", "Error: {message}")
BUNDLE_IS_MADE: Final = Phrase(
    "{file}：{size:.1f} MB，SHA-256 {sha256}", "{file}: {size:.1f} MB, SHA-256 {sha256}"
)
SITE_IS_RIGHT: Final = Phrase(
    "{file}：没有问题，{devices} 台设备，{hosts} 个驱动主机",
    "{file}: nothing wrong; {devices} devices, {hosts} driver hosts",
)
SITE_IS_WRONG: Final = Phrase("{file}：{count} 处问题", "{file}: {count} problems")
ALARMS_IN_FORCE: Final = Phrase(
    "报警规则 {count} 条生效（本站点新增 {own} 条，修改 {changed} 条，停用 {off} 条）",
    "{count} alarm definitions in force ({own} of the site's own, {changed} changed, {off} switched off)",
)
ALARMS_EXPLAINED_BY: Final = Phrase(
    "逐条说明：hemei check --alarms {file}", "hemei check --alarms {file} explains each"
)
ALARM_COLUMNS: Final = (
    Phrase("报警", "alarm"),
    Phrase("级别", "priority"),
    Phrase("由什么引起", "raised by"),
    Phrase("延时与方式", "when, and how it ends"),
    Phrase("通知与升级", "told, and escalation"),
    Phrase("联动", "linked actions"),
    Phrase("设备数", "devices"),
)
CHANGED: Final = Phrase("已修改", "changed")
SWITCHED_OFF: Final = Phrase("停用", "off")
TRIED: Final = Phrase("{device} 的 {type}", "{type} of {device}")
OUTCOMES: Final = {
    "raises": Phrase("触发", "raises"),
    "returns": Phrase("恢复", "returns to normal"),
    "depends": Phrase("看设备状态", "depends on what the device shows"),
    "nothing": Phrase("不触发", "does not raise"),
}
RAISES: Final = Phrase("触发条件：", "raised by ")
RETURNS: Final = Phrase("恢复条件：", "returned by ")
ANSWERS: Final[dict[bool | None, Phrase]] = {
    True: Phrase("是", "yes"),
    False: Phrase("否", "no"),
    None: Phrase("未知", "not known here"),
}
SEEN: Final = Phrase("看到 {what}", "seen: {what}")
OTHER_RULES: Final = Phrase(
    "\n其余 {count} 条规则与它无关；--all 全部列出",
    "\n{count} other rules do not look at it; --all shows them",
)
NOT_IN_SITE: Final = Phrase(
    "{file} 里没有 {device}：区域和型号未知", "{device} is not in {file}: its area and product are unknown"
)
SITE_MADE: Final = Phrase(
    "站点已建立：{folder}（密钥、证书、mosquitto 配置、站点文件）",
    "Site made in {folder}: secrets, certificates, mosquitto configuration, site file",
)
RULES_RENEWED: Final = Phrase(
    "{folder}：权限规则已重写；让 mosquitto 重新读取（SIGHUP）",
    "{folder}: access rules written anew; let mosquitto read them again (SIGHUP)",
)
NEXT_STEPS: Final = Phrase("接下来：", "Next:")
THEN_OPEN: Final = Phrase(
    "然后打开 user add 打印的链接：进入系统管理页，按“初次设置”逐项完成。",
    "Then open the link that `user add` printed: it leads to /admin, whose first steps say what comes.",
)

DISABLED: Final = Phrase("已停用", "closed")

ON_AMQTT: Final = Phrase(
    "没有使用 mosquitto，改用纯 Python 的 amqtt 代理（仅 MQTT 3.1.1，只适合演示）",
    "No mosquitto: using the pure-Python broker amqtt (MQTT 3.1.1 only, for demos)",
)
PORT_TAKEN: Final = Phrase(
    "端口 {port} 已被占用，改用 {other}", "Port {port} is taken, using {other} instead"
)
STARTING: Final = Phrase("正在启动 {name}", "Starting {name}")
READY: Final = Phrase("就绪，用时 {seconds:.1f} 秒", "Everything is up after {seconds:.1f} s")
STOPPING: Final = Phrase("正在停止……", "Stopping…")
STOPPED: Final = Phrase("已全部停止", "Everything has stopped")
RESTARTED: Final = Phrase(
    "{name} 已退出（{reason}），{pause:.1f} 秒后重启，第 {restarts} 次",
    "{name} ended ({reason}); starting it again in {pause:.1f} s, restart {restarts}",
)
RUNNING_AGAIN: Final = Phrase("{name} 已重新运行（进程 {pid}）", "{name} runs again (process {pid})")
SIGN_IN: Final = Phrase("一次性登录链接（每个只能用一次）", "Sign-in links, each good for one use")
OPENS_SCREEN: Final = Phrase("大屏的网址", "What a screen opens")
TOKEN_COLUMNS: Final = Phrase("名称 · 角色 · 有效至 · 最近使用", "name, role, valid until, last used")
SCAN_TO_TRY: Final = Phrase(
    "扫码充电试用（先打开账户，再打开桩上的二维码网址）",
    "Scan to charge, to try: open the account, then what the code on a post opens",
)
HAND_OVER_TO_TRY: Final = Phrase(
    "移交警格试用（值班台打开一条报警并移交，消息到这部手机上）",
    "Police grid, to try: hand an alarm over on the console; the message arrives on this telephone",
)
SEATS: Final = {
    "wall": Phrase("指挥中心大屏", "wall display"),
    "guard": Phrase("值班保安李伟", "guard, Li Wei"),
    "guard-2": Phrase("值班保安王芳", "guard, Wang Fang"),
    "supervisor": Phrase("值班主管陈静", "supervisor, Chen Jing"),
    "liaison": Phrase("警务联络赵敏", "police liaison, Zhao Min"),
    "admin": Phrase("系统管理孙磊", "administrator, Sun Lei"),
}
NOBODY_REGISTERED: Final = Phrase("住户登记未完成：{reason}", "The register could not be filled: {reason}")
NO_PLANS: Final = Phrase("平面图未完成：{reason}", "The plans could not be hung up: {reason}")
DEVICES_MISSING: Final = Phrase("尚未上报：{devices}", "Not heard of yet: {devices}")
LOGS_IN: Final = Phrase("日志：{folder}", "Logs: {folder}")
HOW_TO_STOP: Final = Phrase("按 Ctrl-C 停止全部", "Ctrl-C stops everything")
FAULT_APPLIED: Final = Phrase("已在运行中的模拟器上设置：{faults}", "Set in the running simulators: {faults}")
ADDRESS_IS_RIGHT: Final = Phrase("地址没有问题", "nothing wrong with the address")
TEST_TAKEN: Final = Phrase(
    "{contact}：服务方已接收测试通知，请本人确认收到",
    "{contact}: the service took the test message; ask whether it arrived",
)
TEST_NOT_TAKEN: Final = Phrase("{contact}：测试通知未发出：{reason}", "{contact}: not told: {reason}")
SHEET_WRITTEN: Final = Phrase("已写入 {count} 个二维码：{files}", "{count} codes written: {files}")
CODE_REVOKED: Final = Phrase("{device} 的二维码已作废", "The code of {device} is good for nothing now")
CODE_FOR_ONE: Final = Phrase("一次有效", "for one order")
CODE_UNTIL: Final = Phrase("有效至 {until}", "until {until}")
ACCOUNT_OPENED: Final = Phrase(
    "账户 {account}；绑定手机的链接只显示这一次：",
    "Account {account}; the link that binds a phone is shown this once:",
)
BALANCE: Final = Phrase("余额 {balance} 元，冻结 {held} 元", "balance {balance} yuan, {held} of it set aside")
IMPORT_PREVIEW: Final = Phrase(
    "共 {rows} 行：新增 {new}，修改 {changed}，不变 {unchanged}，有误 {bad}；新增住户 {households} 户",
    "{rows} rows: {new} new, {changed} changed, {unchanged} unchanged, {bad} bad;"
    " {households} new households",
)
IMPORT_BAD_ROW: Final = Phrase("  第 {row} 行 {said}", "  row {row}: {said}")
IMPORT_MORE_BAD: Final = Phrase("  另有 {count} 行有误", "  and {count} more bad rows")
IMPORT_CONFIRM: Final = Phrase("确认导入？有误的行不会导入", "Do it? Bad rows are left out")
IMPORT_NOTHING: Final = Phrase("未作任何修改", "Nothing was changed")
IMPORT_DONE: Final = Phrase(
    "已导入 {applied} 行，因台账已变动而跳过 {left_out} 行",
    "{applied} rows done; {left_out} left out, as the register had changed",
)
REGISTER_WRITTEN: Final = Phrase("已写入 {rows} 行：{file}", "{rows} rows written: {file}")
LINK_MADE: Final = Phrase("{room} 的访客链接只显示这一次：", "The visitor link of {room} is shown this once:")
AUDIT_IS_RIGHT: Final = Phrase(
    "审计无误：{audit:,} 条记录，{timeline:,} 条时间线，{evidence:,} 件证据，{checkpoints:,} 个检查点",
    "Nothing was changed: {audit:,} entries, {timeline:,} of timelines, {evidence:,} pieces of evidence,"
    " {checkpoints:,} checkpoints",
)
AUDIT_IS_WRONG: Final = Phrase("审计有误：{count:,} 处", "Something was changed: {count:,} findings")
AUDIT_HEAD: Final = Phrase(
    "链尾：第 {n} 条，{hash}（可抄录于他处备查）", "Head: entry {n}, {hash} (keep a copy elsewhere)"
)
AUDIT_NO_CHECKPOINT: Final = Phrase(
    "没有检查点：末尾是否被截断无从得知",
    "There is no checkpoint: whether the end was cut off cannot be told",
)
AUDIT_PARTS: Final = {
    "audit": Phrase("审计记录", "audit"),
    "timeline": Phrase("报警时间线", "timeline"),
    "disclosure": Phrase("数据调取", "disclosure"),
    "evidence": Phrase("证据", "evidence"),
    "checkpoints": Phrase("检查点", "checkpoints"),
    "database": Phrase("数据库", "database"),
}
AUDIT_FAULTS: Final = {
    "changed": Phrase("被改动", "changed"),
    "removed": Phrase("被删除", "removed"),
    "inserted": Phrase("被插入", "inserted"),
    "reordered": Phrase("顺序被调换", "reordered"),
    "cut-off": Phrase("末尾被截断", "cut off"),
    "rewritten": Phrase("被重写", "rewritten"),
    "missing": Phrase("文件缺失", "missing"),
    "unreadable": Phrase("无法读取", "unreadable"),
}
BACKUP_STEPS: Final = {
    "hosts": Phrase("驱动主机", "driver hosts"),
    "media": Phrase("图片与录像", "pictures and clips"),
    "ledger": Phrase("账本", "ledger"),
    "history": Phrase("历史数据", "history"),
    "files": Phrase("清单", "manifest"),
    "verify": Phrase("读回核对", "read back"),
}
BACKUP_MADE: Final = Phrase(
    "备份已完成并核对：{folder}（{size:,.1f} MB，账本到第 {events:,} 条事件，图片与录像 {media:,} 件）",
    "Backup made and read back: {folder} ({size:,.1f} MB, ledger up to event {events:,},"
    " {media:,} pictures and clips)",
)
BACKUP_LEFT_OUT: Final = Phrase(
    "没有备份 {count} 个密钥文件：恢复后须重新设置",
    "{count} secrets were left out: a restored site needs new ones",
)
BACKUP_NO_HISTORY: Final = Phrase(
    "历史数据不在本机文件里，不含在备份中：请用该数据库自己的工具备份",
    "History is not in a file here and not in this backup: copy that database by its own means",
)
BACKUP_GONE: Final = Phrase("已删除旧备份 {folder}", "Deleted the old backup {folder}")
BACKUP_IS_RIGHT: Final = Phrase(
    "备份完好：{made}，{files:,} 个文件，{size:,.1f} MB，账本到第 {events:,} 条事件",
    "The backup is whole: {made}, {files:,} files, {size:,.1f} MB, ledger up to event {events:,}",
)
BACKUP_AUDIT: Final = Phrase(
    "审计链尾（{tenant}）：第 {n} 条，{hash}", "Audit head ({tenant}): entry {n}, {hash}"
)
RESTORED: Final = Phrase(
    "已恢复到 {folder}：{made} 的备份，账本到第 {events:,} 条事件",
    "Restored into {folder}: the backup of {made}, ledger up to event {events:,}",
)
RESTORED_WAITING: Final = Phrase(
    "驱动主机的发件箱里有 {count:,} 条事件待补发（账本已有的会自动略过）",
    "{count:,} events wait in outboxes and will be sent again; those in the ledger are dropped as repeats",
)
RESTORED_WITHOUT: Final = Phrase("备份里没有密钥 {path}", "Not in the backup: the secret {path}")
RESTORED_ONE_HUB: Final = Phrase(
    "先停掉原来的平台：两个同名平台在消息代理上会互相挤掉。",
    "Stop the old hub first: at the broker, two of one name push each other out.",
)
