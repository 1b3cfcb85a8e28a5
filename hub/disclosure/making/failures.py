"""Says why a bundle could not be made, so that people know what to do; it names nobody."""

import errno
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from contract.errors import HemeiError
from hub.disclosure.making.telling import Failed

FULL: Final = "磁盘已满：请腾出空间，再继续 · the disk is full: make room, then resume"
NOT_WRITTEN: Final = (
    "文件读写不了（{why}）：请检查数据目录，再继续"
    " · a file cannot be read or written ({why}): look at the data folder, then resume"
)
LEDGER: Final = "账本读不出来，请稍后继续 · the ledger cannot be read: resume in a while"
ENDED: Final = (
    "制作进程多次被终止（可能内存不足）：请看日志，再继续"
    " · the process that makes it was ended several times, perhaps for want of memory: look at the log,"
    " then resume"
)
FAULT: Final = (
    "程序故障：请把日志交给维护人员，再继续"
    " · a fault of the product: give its log to whoever looks after it, then resume"
)
_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def failed_by(wrong: Exception) -> Failed:
    """Return what to tell the hub of an error."""
    if isinstance(wrong, HemeiError):
        return Failed(str(wrong), again=wrong.retryable)
    if _is_full(wrong):
        return Failed(FULL)
    if isinstance(wrong, SQLAlchemyError):
        return Failed(LEDGER, again=True)
    if isinstance(wrong, OSError):
        return Failed(NOT_WRITTEN.format(why=wrong.strerror or type(wrong).__name__))
    return Failed(FAULT)


def _is_full(wrong: Exception) -> bool:
    if isinstance(wrong, OSError):
        return wrong.errno in _NO_ROOM
    return isinstance(wrong, SQLAlchemyError) and "disk is full" in str(wrong)
