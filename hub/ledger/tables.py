"""Every table of the ledger: importing this makes `hub.ledger.schema.metadata` whole, for migrations."""

from typing import Final

from hub.access import schema as _people
from hub.alarms import schema as _alarms
from hub.alarms.links import schema as _links
from hub.audit import schema as _audit
from hub.charging import schema as _charging
from hub.commissioning import schema as _commissioning
from hub.community import schema as _community
from hub.disclosure import schema as _disclosures
from hub.evidence import schema as _evidence
from hub.health import schema as _health
from hub.ledger.schema import metadata
from hub.lists import schema as _lists
from hub.notify import schema as _notifications
from hub.orders import schema as _orders
from hub.passes import schema as _passes
from hub.plans import schema as _plans
from hub.posts import schema as _posts
from hub.referrals import schema as _referrals
from hub.register import schema as _register
from hub.register.importing import schema as _imports
from hub.viid import schema as _viid
from hub.webhooks import schema as _webhooks

PARTS: Final = (
    _people,
    _alarms,
    _links,
    _audit,
    _charging,
    _commissioning,
    _community,
    _disclosures,
    _evidence,
    _health,
    _lists,
    _notifications,
    _orders,
    _passes,
    _plans,
    _posts,
    _referrals,
    _register,
    _imports,
    _viid,
    _webhooks,
)
"""Who has tables in the ledger."""

__all__ = ["metadata"]
