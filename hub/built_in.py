"""Alarms that are part of the product, not of a site: who raises them and what they are must agree."""

from typing import Final

from hub.alarms.definition import Definition
from hub.alarms.links.failed import DEFINITION as LINK_FAILED
from hub.referrals.late import DEFINITION as ANSWERED_LATE
from hub.selfwatch.canary import DEFINITION as CANARY

BUILT_IN: Final[tuple[Definition, ...]] = (CANARY, LINK_FAILED, ANSWERED_LATE)
