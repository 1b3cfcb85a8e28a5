"""What happens at posts is in the audit, in the transaction of what it tells."""

from concurrent.futures import ThreadPoolExecutor
from zoneinfo import ZoneInfo

from sqlalchemy import select

from hub.access.schema import users
from hub.alarms.store import AlarmStore
from hub.audit.entry import read_body
from hub.audit.schema import audit
from hub.ledger.transactions import Transactions
from hub.posts.duty import Duty
from hub.posts.trail import in_audit
from tests.hub.posts.gatehouse import BOSS, CENTRE, LI, Site


async def test_what_happens_at_a_post_is_in_the_audit(any_site: Site) -> None:
    tenant = "trail"
    with ThreadPoolExecutor(1) as thread:
        ledger = Transactions(any_site.engine, thread)
        record = in_audit(tenant)
        duty = Duty(
            (CENTRE,),
            ZoneInfo("Asia/Shanghai"),
            ledger,
            AlarmStore(tenant),
            any_site.clock,
            tenant=tenant,
            record=record,
        )
        boss = {"tenant": tenant, "name": "boss", "role": "supervisor", "enabled": True, "created_ms": 0}
        await ledger.write(lambda connection: connection.execute(users.insert().values(boss)))
        await duty.shifts.sign_on(LI, "centre")
        await duty.shifts.sign_off(BOSS, "centre", person="user:li", reason="taken ill")
        query = select(audit.c.body).where(audit.c.tenant == tenant).order_by(audit.c.n)
        bodies = await ledger.read(lambda connection: connection.execute(query).scalars().all())
    on, off = map(read_body, bodies)
    assert (on.what, on.about, on.who, on.post) == ("post.signed-on", "centre", "user:li", "centre")
    assert (off.what, off.who, off.role, off.reason) == (
        "post.signed-off",
        "user:boss",
        "supervisor",
        "taken ill",
    )
    assert off.details["person"] == "user:li"
