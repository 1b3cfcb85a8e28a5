"""What the site file says about the register: limits of visits, and how long names are kept."""

from typing import Annotated

from msgspec import Meta, Struct


class RegisterSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[register]`. A visit lasts `visit_longest_h` at most and begins within `visit_ahead_days`.

    `visits_open`: how many visits a household may have open at a time that it made by its link; 0: no links.
    `keep_left_days`: when names, telephone numbers and notes of those who left are erased;
    `keep_visits_days`: the same of visitors, counted from the end of the visit.
    """

    visit_longest_h: Annotated[float, Meta(gt=0, le=31 * 24)] = 24.0
    visit_ahead_days: Annotated[int, Meta(ge=0, le=366)] = 30
    visits_open: Annotated[int, Meta(ge=0, le=1000)] = 5
    keep_left_days: Annotated[int, Meta(ge=1, le=3660)] = 180
    keep_visits_days: Annotated[int, Meta(ge=1, le=3660)] = 90
