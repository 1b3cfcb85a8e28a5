"""Group robots of WeCom (企业微信) and DingTalk (钉钉) that notice when they are refused.

Both services answer HTTP 200 to everything and say in the body whether they took it (`errcode`). Apprise 2.3
looks at the status alone, and so takes a wrong key, a missing keyword or too many messages for a success: the
worst that can happen to an alarm. It also percent-encodes DingTalk's signature twice.

Sources: WeCom 群机器人 (developer.work.weixin.qq.com/document/path/91770), DingTalk 自定义机器人
(open.dingtalk.com/document/robots/custom-robot-access).
"""

import logging
from typing import Any
from urllib.parse import unquote

import httpx
from apprise import NotifyFormat, NotifyType
from apprise.plugins.base import NotifyBase
from apprise.plugins.dingtalk import NotifyDingTalk
from apprise.plugins.wecombot import NotifyWeComBot

logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it logs each address, and with it the key


class NotifyWeComRobot(NotifyWeComBot):  # type: ignore[no-untyped-call] # half of Apprise has no types
    """`wecombot://KEY`, and the address as WeCom shows it."""

    def send(
        self, body: str, title: str = "", notify_type: NotifyType = NotifyType.INFO, **_rest: Any
    ) -> bool:
        """Send a text of up to 2048 bytes; 20 a minute."""
        return _post(self, self.api_url, {"msgtype": "text", "text": {"content": body}})


class NotifyDingTalkRobot(NotifyDingTalk):  # type: ignore[no-untyped-call] # the same
    """`dingtalk://SECRET@TOKEN` and `dingtalk://TOKEN`."""

    def send(
        self,
        body: str,
        title: str = "",
        notify_type: NotifyType = NotifyType.INFO,
        body_format: NotifyFormat | None = None,
        **_rest: Any,
    ) -> bool:
        """Send a text; 20 a minute."""
        message = {
            "msgtype": "text",
            "text": {"content": f"{title}\n{body}" if title else body},
            "at": {"atMobiles": self.targets, "isAtAll": False},
        }
        params = {"access_token": self.token}
        if self.secret:
            timestamp, encoded = self.get_signature()  # type: ignore[no-untyped-call] # the same
            params |= {"timestamp": timestamp, "sign": unquote(encoded)}
        url = self.notify_url.partition("?")[0]
        return _post(self, url, message, params)


def _post(robot: NotifyBase, url: str, message: dict[str, Any], params: dict[str, str] | None = None) -> bool:
    """Post a message and look at what is said of it."""
    connect_s, read_s = robot.request_timeout
    limits = httpx.Timeout(read_s, connect=connect_s)
    try:
        answer = httpx.post(url, json=message, params=params, timeout=limits, verify=robot.verify_certificate)
        said = answer.json() if answer.is_success else None
    except httpx.HTTPError as wrong:
        robot.logger.warning("no answer: %s", type(wrong).__name__)
        return False
    except ValueError:
        said = None
    if not isinstance(said, dict) or "errcode" not in said:
        robot.logger.warning("answered HTTP %d without an errcode", answer.status_code)
        return False
    if said["errcode"] != 0:
        robot.logger.warning("refused: %s %s", said["errcode"], said.get("errmsg", ""))
    return bool(said["errcode"] == 0)
