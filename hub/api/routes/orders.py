"""Work orders (限时处置): the list, one with its timeline, what people do to it, and the figures.

Whoever acts quotes the `version` of what they saw. If it is no longer so, the answer is 409 with the order as
it is now, and nothing has happened.
"""

import asyncio
from collections.abc import Awaitable
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from starlette.requests import HTTPConnection
from starlette.responses import Response

from contract.errors import InvalidMessage
from hub.access.access import Access
from hub.access.roles import Permission, Principal
from hub.alarms.alarm import Actor
from hub.api.answers import answers, json_answer
from hub.api.assignees import may
from hub.api.permissions import needs, services_of
from hub.api.problems import MEDIA_TYPE, ProblemDetails
from hub.api.routes import BASE
from hub.api.routes.session import client_of
from hub.api.work_orders import (
    Comment,
    Line,
    MonthsWanted,
    NewOrder,
    OrdersWanted,
    PageWanted,
    Room,
    StepBody,
)
from hub.orders import queries
from hub.orders.desk import Report, Stale
from hub.orders.lifecycle import Step
from hub.orders.order import WorkOrder
from hub.orders.queries import Wanted
from hub.orders.service import Orders
from hub.orders.sheet import figures_sheet, orders_sheet
from hub.orders.view import (
    FiguresPage,
    OrderDetail,
    OrderPage,
    OrderView,
    figures_page,
    order_detail,
    order_view,
)

router: Final = APIRouter(prefix=BASE, tags=["work orders"])

MAX_ROWS: Final = 20_000
"""Of one sheet."""


class StaleOrder(ProblemDetails, frozen=True, kw_only=True, omit_defaults=True):
    """RFC 9457, with the order as it is now."""

    order: OrderView


ANSWERS: Final = (FiguresPage, OrderDetail, OrderPage, OrderView, StaleOrder)
"""What the OpenAPI document must describe."""

OrderId = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]
Worker = Annotated[Principal, needs(Permission.ORDERS)]


async def seen(request: Request, order_id: OrderId, who: Worker) -> WorkOrder:
    """Return the order that the path names, if whoever asks may see it."""
    order = await room_of(request).orders.desk.get(order_id)
    if order is None or not room_of(request).reach(who).sees(order.area):
        raise HTTPException(404, "there is no such order within your reach")
    return order


async def acting(request: Request, order_id: OrderId, who: Worker) -> Actor:
    """Return who acts on the order that the path names; 403 says why they may not."""
    room = room_of(request)
    order = await room.orders.desk.get(order_id)
    if order is None:
        raise HTTPException(404, "there is no such order within your reach")
    room.reach(who).check(order.area)
    return room.actor(who, client_of(request))


Seen = Annotated[WorkOrder, Depends(seen)]
By = Annotated[Actor, Depends(acting)]
CHANGED: Final[dict[int | str, dict[str, Any]]] = {
    **answers(OrderView, 404, 422),
    409: {
        "description": "It cannot be done now; with code `stale-version`, `order` is as it is now.",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/StaleOrder"}}},
    },
}
SHEET: Final[dict[int | str, dict[str, Any]]] = {
    200: {"description": "CSV, for a spreadsheet.", "content": {"text/csv": {}}}
}


@router.get("/work-orders", summary="Work orders", responses=answers(OrderPage))
async def work_orders(request: Request, who: Worker, wanted: Annotated[PageWanted, Query()]) -> Response:
    """List orders within one's reach, the newest first."""
    found = await _find(
        request, wanted.wanted(who, room_of(request).reach(who).areas, wanted.before), wanted.limit
    )
    return json_answer(OrderPage(found, found[-1].number if len(found) == wanted.limit else None))


@router.get("/work-orders.csv", summary="Work orders as a sheet", responses=SHEET)
async def work_orders_sheet(
    request: Request, who: Worker, wanted: Annotated[OrdersWanted, Query()]
) -> Response:
    """List orders within one's reach for a spreadsheet, the newest first."""
    areas = room_of(request).reach(who).areas
    found = await _find(request, wanted.wanted(who, areas), MAX_ROWS)
    return _sheet("work-orders", await asyncio.to_thread(orders_sheet, found))


@router.get("/work-orders/figures", summary="How well orders are kept", responses=answers(FiguresPage, 422))
async def order_figures(request: Request, who: Worker, wanted: Annotated[MonthsWanted, Query()]) -> Response:
    """Count by month and kind what was responded to and resolved in time (响应率, 解决率, 满意率)."""
    return json_answer(await _figures(request, who, wanted))


@router.get(
    "/work-orders/figures.csv", summary="The figures as a sheet", responses=SHEET | answers(None, 422, ok=304)
)
async def order_figures_sheet(
    request: Request, who: Worker, wanted: Annotated[MonthsWanted, Query()]
) -> Response:
    """Count by month and kind, for a spreadsheet."""
    return _sheet("work-order-figures", figures_sheet((await _figures(request, who, wanted)).figures))


@router.get("/work-orders/{order_id}", summary="One work order", responses=answers(OrderDetail, 404))
async def work_order(request: Request, order: Seen) -> Response:
    """Show an order with its timeline. Its pictures are at `GET /media/{sha256}`."""
    orders = room_of(request).orders
    timeline = await orders.desk.timeline(order.id)
    return json_answer(order_detail(order, timeline, orders.clock.now_ms()))


@router.post(
    "/work-orders",
    summary="Make a work order",
    status_code=201,
    responses=answers(OrderView, 404, 409, 422, ok=201),
)
async def make_order(request: Request, who: Worker, body: NewOrder) -> Response:
    """Make an order of an alarm, whose time counts from the alarm's raise, or of what somebody reports."""
    room = room_of(request)
    desk, actor = room.orders.desk, room.actor(who, client_of(request))
    if body.alarm is None:
        room.reach(who).check(body.area)
        report = Report(text=body.text, place=body.place, area=body.area, reporter=body.reporter)
        order = await desk.report(body.kind, report, actor)
    else:
        alarm = await desk.alarm(body.alarm)
        room.reach(who).check(alarm.area)
        order = await desk.order(alarm, body.kind, actor, body.text)
    view = order_view(order, room.orders.clock.now_ms())
    return json_answer(view, 201, {"Location": f"{BASE}/work-orders/{order.id}"})


@router.post("/work-orders/{order_id}/comment", summary="Comment on a work order", responses=CHANGED)
async def comment_order(request: Request, order_id: OrderId, by: By, body: Comment) -> Response:
    """Say something that stays on its timeline."""
    orders = room_of(request).orders
    return await _changed(orders, orders.desk.comment(order_id, body.version, by, body.text))


@router.post(
    "/work-orders/{order_id}/pictures",
    summary="Add a picture to a work order",
    responses=answers(OrderView, 404, 409, 413, 422),
    openapi_extra={"requestBody": {"content": {"image/*": {}}, "required": True}},
)
async def add_picture(
    request: Request, order_id: OrderId, by: By, note: Annotated[Line, Query()] = ""
) -> Response:
    """Name a picture in its timeline: JPEG, PNG or WebP by its own first bytes, at most 10 MiB.

    What is sent while somebody is at it is proof of the work. To send the same one again changes nothing.
    """
    orders = room_of(request).orders
    await orders.desk.check_picture_wanted(order_id)
    picture = await orders.pictures.take(request.stream())
    return await _changed(orders, orders.desk.picture(order_id, by, picture, note))


@router.post("/work-orders/{order_id}/{step}", summary="Do a step of a work order", responses=CHANGED)
async def do_step(request: Request, order_id: OrderId, step: Step, by: By, body: StepBody) -> Response:
    """Accept 受理, assign 派单, take 接单, arrive 到场, done 完工, close 回访, reject or reopen an order."""
    if body.to is not None:
        await _check_assignee(services_of(request).access, step, body.to)
    if body.satisfied is not None and step is not Step.CLOSE:
        raise InvalidMessage("`satisfied` belongs to close", code="misplaced")
    orders = room_of(request).orders
    return await _changed(orders, orders.desk.press(order_id, body.version, body.press(step), by))


def room_of(connection: HTTPConnection) -> Room:
    """Return the control room behind the API."""
    room: Room = connection.app.state.services.room
    return room


async def _changed(orders: Orders, doing: Awaitable[WorkOrder]) -> Response:
    try:
        order = await doing
    except Stale as stale:
        return _stale(stale, orders.clock.now_ms())
    return json_answer(order_view(order, orders.clock.now_ms()))


def _stale(stale: Stale, now_ms: int) -> Response:
    view = order_view(stale.order, now_ms)
    body = StaleOrder(title="Conflict", status=409, detail=str(stale), code=stale.code, order=view)
    answer = json_answer(body, 409)
    answer.headers["content-type"] = MEDIA_TYPE
    return answer


async def _find(request: Request, wanted: Wanted, limit: int) -> list[OrderView]:
    orders = room_of(request).orders
    now_ms = orders.clock.now_ms()
    found = await orders.desk.find(*wanted.where(now_ms), limit=limit)
    return await asyncio.to_thread(lambda: [order_view(order, now_ms) for order in found])


async def _figures(request: Request, who: Principal, wanted: MonthsWanted) -> FiguresPage:
    room = room_of(request)
    orders, calendar = room.orders, room.orders.calendar
    today = orders.clock.now().astimezone(calendar.zone).date()
    where = queries.months(wanted.first, wanted.last, today, calendar.zone)
    found = await orders.desk.find(*where, queries.within(room.reach(who).areas))
    return await asyncio.to_thread(figures_page, found, orders.clock.now_ms(), calendar)


async def _check_assignee(access: Access, step: Step, name: str) -> None:
    if step is not Step.ASSIGN:
        raise InvalidMessage("`to` belongs to assign", code="misplaced")
    if not await may(access, name, Permission.ORDERS):
        raise InvalidMessage(f"{name} is nobody who may take up work orders", code="unknown-assignee")


def _sheet(name: str, text: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(text.encode(), headers=headers, media_type="text/csv; charset=utf-8")
