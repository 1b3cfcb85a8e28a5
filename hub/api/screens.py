"""Screens that open the wall by themselves: `/wall?kiosk=TOKEN`, as a bookmark or a browser's start page.

The token is of role `wall` and is good for as long as nobody revokes it, so that a GET may use it, and again
after each restart. It goes into a cookie and out of the address. Who has another token is told why that opens
nothing; the page asks again by itself, slowly, for the hub may yet get to know the token.
"""

import math
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from contract.errors import Refused
from hub.access.access import SignInRefused
from hub.access.throttle import Throttled
from hub.api.inline import policy_for
from hub.api.permissions import services_of
from hub.api.routes.session import set_cookie
from hub.api.strangers import strangers_of
from hub.audit import requests

KIOSK: Final = "kiosk"
AGAIN_S: Final = 60
"""How soon the page asks again by itself."""

_SCRIPT: Final = f"""
const wait = (seconds) => setTimeout(ask, seconds * 1000);
const ask = async () => {{
  try {{
    const answer = await fetch(location.href, {{ redirect: "manual", cache: "no-store" }});
    if (answer.type === "opaqueredirect") location.reload();
    else wait(Number(answer.headers.get("Retry-After")) || {AGAIN_S});
  }} catch {{
    wait({AGAIN_S});
  }}
}};
wait({AGAIN_S});
"""
"""Loads the page anew only once the hub lets it in: a screen whose hub is away keeps these words."""

_STYLE: Final = """
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #191d22; color: #eef2f6;
  font: clamp(1.125rem, 1.6vw, 3rem)/1.5 "Noto Sans CJK SC", "PingFang SC", system-ui, sans-serif; }
main { max-width: 44em; padding: 2rem; }
h1 { font-size: 1.5em; }
section + section { margin-top: 2.5em; }
.quiet { color: #b6c0cb; }
"""
_PAGE: Final = f"""<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>大屏未登录 · Screen not signed in</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<section>
<h1>大屏未登录</h1>
<p>ZH</p>
<p class="quiet">本页会自动重试。</p>
</section>
<section lang="en">
<h1>This screen is not signed in</h1>
<p>EN</p>
<p class="quiet">This page tries again by itself.</p>
</section>
</main>
<script>{_SCRIPT}</script>
</body>
</html>
"""
_HEADERS: Final = {"Content-Security-Policy": policy_for(script=_SCRIPT, style=_STYLE)}

UNKNOWN: Final = (
    "此网址中的令牌已收回、已过期，或抄写有误。"
    "请管理员在“系统管理 → 大屏与接口”中新建一个大屏，并在本机打开新的网址。",
    "The token in this address was revoked, has expired, or was copied wrongly. Ask an administrator to make"
    " a new screen under Administration → Screens and machines, and open its address here.",
)
NO_SCREEN: Final = (
    "此网址中的令牌是给其他接口用的，不能打开大屏。请管理员在“系统管理 → 大屏与接口”中新建一个大屏。",
    "The token in this address is a machine's and opens no screen. Ask an administrator to make a screen"
    " under Administration → Screens and machines.",
)
TOO_OFTEN: Final = (
    "本网络地址尝试错误令牌的次数过多，请稍候。",
    "Too many wrong tokens came from this network address; wait a while.",
)


async def open_screen(request: Request, token: str) -> Response:
    """Give the screen its cookie and send it to the wall without the token; else say why not."""
    strangers, address = strangers_of(request)
    access = services_of(request).access
    try:
        with strangers.screen(address):
            signed_in = await access.open_screen(token)
    except SignInRefused:
        return _told(UNKNOWN, HTTPStatus.UNAUTHORIZED)
    except Throttled as throttled:
        wait = {"Retry-After": str(math.ceil(throttled.retry_after_s))}
        return _told(TOO_OFTEN, HTTPStatus.TOO_MANY_REQUESTS, wait)
    except Refused as refused:
        principal = await access.by_token(token)
        if principal is not None:
            requests.remember(request, principal)
            await requests.refused(request, str(refused))
        return _told(NO_SCREEN, HTTPStatus.FORBIDDEN)
    await requests.screen_opened(request, signed_in.principal)
    answer = RedirectResponse(_without_token(request), HTTPStatus.SEE_OTHER)
    set_cookie(request, answer, signed_in)
    return answer


def _without_token(request: Request) -> str:
    others = [(name, value) for name, value in request.query_params.multi_items() if name != KIOSK]
    return f"/wall?{urlencode(others)}" if others else "/wall"


def _told(words: tuple[str, str], status: HTTPStatus, headers: dict[str, str] | None = None) -> Response:
    chinese, english = words
    page = _PAGE.replace("ZH", chinese).replace("EN", english)
    return HTMLResponse(page, status, _HEADERS | (headers or {}))
