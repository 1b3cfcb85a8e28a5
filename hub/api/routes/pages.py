"""The pages and what they are made of. They hold no data, so that anybody may load them.

A one-time link is used up by a POST, never by a GET: chat programs, mail scanners and browsers fetch
addresses ahead of the person. The link's page sends the POST by itself as soon as somebody really looks at it
(it is visible and not a browser's prerendering), and has a button for where scripts are off.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final
from urllib.parse import parse_qs

from fastapi import APIRouter, HTTPException, Query, Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from hub.access.access import SignInRefused
from hub.access.roles import Permission, Role
from hub.api.inline import policy_for
from hub.api.permissions import PUBLIC, check_origin, recognise, services_of
from hub.api.routes.session import client_of, set_cookie
from hub.api.screens import KIOSK, open_screen
from hub.audit import requests

router: Final = APIRouter(include_in_schema=False, dependencies=[PUBLIC])

START: Final[Mapping[Role, str]] = MappingProxyType(
    {
        Role.WALL: "/wall",
        Role.GUARD: "/console",
        Role.SUPERVISOR: "/console",
        Role.LIAISON: "/desk",
        Role.ADMIN: "/admin",
    }
)
"""The page that each role starts on."""

DESK: Final = (Permission.DISCLOSE, Permission.RELEASE, Permission.DISCLOSURES, Permission.FEED)
"""Each of these gives a place at the police desk."""

_SCRIPT: Final = """
const go = () => {
  if (document.prerendering || document.visibilityState !== "visible") return;
  document.removeEventListener("visibilitychange", go);
  document.forms[0].submit();
};
document.addEventListener("visibilitychange", go);
document.addEventListener("prerenderingchange", go);
go();
"""
_STYLE: Final = """
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #0b1420; color: #e8eef6;
  font: 1.125rem/1.5 system-ui, "Noto Sans CJK SC", sans-serif; }
button { font: inherit; padding: .75em 2em; }
"""
_LINK_PAGE: Final = f"""<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>登录 · Sign in</title>
<style>{_STYLE}</style>
</head>
<body>
<form method="post" action="/signin">
<input type="hidden" name="token" value="TOKEN">
<button autofocus>登录 · Sign in</button>
</form>
<script>{_SCRIPT}</script>
</body>
</html>
"""


_LINK_PAGE_HEADERS: Final = {
    "Content-Security-Policy": policy_for(script=_SCRIPT, style=_STYLE),
    # Under `no-referrer` a browser sends a form with `Origin: null` (Fetch §3.1), which check_origin refuses.
    "Referrer-Policy": "same-origin",
}


@router.get("/")
async def root(request: Request) -> Response:
    """Go to the page of whoever is signed in; a stranger to the wall, which says where to sign in."""
    who = await recognise(request, services_of(request).access)
    return RedirectResponse("/wall" if who is None else START[who.role])


@router.get("/wall")
async def wall(request: Request, kiosk: Annotated[str | None, Query(alias=KIOSK)] = None) -> Response:
    """Show the wall (大屏); a screen that brings its token is let in."""
    return _page(request, "wall.html") if kiosk is None else await open_screen(request, kiosk)


@router.get("/console")
async def console(request: Request) -> Response:
    """Show the guards' console (值班台)."""
    return _page(request, "console.html")


@router.get("/console-worker.js")
async def console_worker(request: Request) -> Response:
    """Give what keeps the console on a phone, so that it opens where there is no network.

    Its scope is the console alone; browsers ask for it anew by themselves.
    """
    return _page(request, "console-worker.js", "text/javascript; charset=utf-8")


@router.get("/console.webmanifest")
async def console_manifest(request: Request) -> Response:
    """Describe the console as an app that a phone can install."""
    return _page(request, "console.webmanifest", "application/manifest+json")


@router.get("/desk")
async def desk(request: Request) -> Response:
    """Show the police desk (警务协查台); whoever has no place there gets it with 403, which is in the audit.

    The page then says why it stays empty.
    """
    who = await recognise(request, services_of(request).access)
    answer = _page(request, "desk.html")
    if who is not None and not any(who.may(each) for each in DESK):
        requests.remember(request, who)
        await requests.refused(request, f"the police desk is not for role {who.role.value}")
        answer.status_code = 403
    return answer


@router.get("/admin")
async def admin(request: Request) -> Response:
    """Show the administration (系统管理)."""
    return _page(request, "admin.html")


@router.get("/favicon.ico")
async def icon() -> Response:
    """Have none: built pages name theirs, the few others do without."""
    return Response(status_code=204, headers={"Cache-Control": "public, max-age=86400"})


@router.get("/c/{code}")
@router.get("/c/order/{key}")
@router.get("/c/account/{key}")
async def charge(request: Request) -> Response:
    """Show the phone's page for charging (扫码充电); by its own address it knows what to ask the API for."""
    return _page(request, "charge.html")


@router.get("/visit")
async def visit(request: Request) -> Response:
    """Show the page on which a household lets visitors in; its key stands behind the `#` of the address."""
    return _page(request, "visit.html")


@router.get("/police")
async def police(request: Request) -> Response:
    """Show the page on which a grid officer answers; its key stands behind the `#` of the address."""
    return _page(request, "police.html")


@router.get("/signin")
async def sign_in_page(request: Request, token: str | None = None) -> Response:
    """Show the form for name and password, or the page that uses a one-time link up."""
    if token is None:
        return _page(request, "signin.html")
    if not token.replace("-", "").replace("_", "").isalnum() or not token.isascii() or len(token) > 128:
        return RedirectResponse("/signin?error=link", 303)
    return HTMLResponse(_LINK_PAGE.replace("TOKEN", token), headers=_LINK_PAGE_HEADERS)


@router.post("/signin")
async def use_link(request: Request) -> Response:
    """Use a one-time link up: set the cookie and go to the role's page."""
    check_origin(request, required=False)
    form = parse_qs((await request.body()).decode(errors="replace"))
    token = form.get("token", [""])[0]
    try:
        signed_in = await services_of(request).access.redeem(token, client_of(request))
    except SignInRefused:
        return RedirectResponse("/signin?error=link", 303)
    await requests.signed_in(request, signed_in.principal, "link")
    answer = RedirectResponse(START[signed_in.principal.role], 303)
    set_cookie(request, answer, signed_in)
    return answer


class Assets(StaticFiles):
    """Scripts, styles and pictures of the pages. Their names change with what is in them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file, to be kept by the browser for ever."""
        response = await super().get_response(path, scope)
        if response.status_code in (200, 304):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def _page(request: Request, name: str, media_type: str = "text/html; charset=utf-8") -> Response:
    path: Path = request.app.state.pages / name
    if not path.is_file():
        raise HTTPException(503, "the pages are not built; the README says how")
    return FileResponse(path, media_type=media_type, headers={"Cache-Control": "no-cache"})
