"""Which devices a definition is about: nothing of another kind, area, product or name."""

from hypothesis import given
from hypothesis import strategies as st

from contract.things import Description, Location
from contract.topics import Address
from hub.alarms.definition import Scope
from hub.alarms.rules.scope import applies, may_apply
from tests.hub.alarms.rules.house import GATE, described

WORDS = st.sampled_from(["a", "b", "c"])
SOME = st.lists(WORDS, max_size=2).map(tuple)


def twice(word: str) -> str:
    return f"{word}/{word}"


def test_empty_scope_is_about_everything() -> None:
    assert applies(Scope(), GATE, None)


def test_area_and_product_must_be_known() -> None:
    assert not applies(Scope(areas=("east",)), GATE, None)
    assert not applies(Scope(products=("DZ-1",)), GATE, None)
    assert not applies(Scope(areas=("east",)), GATE, Description(title="gate"))
    assert applies(Scope(areas=("east",), products=("DZ-1",)), GATE, described())


@given(
    st.builds(
        Scope, kinds=SOME, areas=SOME, products=SOME, devices=SOME.map(lambda some: tuple(map(twice, some)))
    ),
    WORDS,
    WORDS,
    WORDS,
    WORDS,
)
def test_every_part_of_the_scope_counts(
    scope: Scope, kind: str, device: str, area: str, product: str
) -> None:
    address = Address("hemei", kind, device)
    description = Description(title="x", product=product, location=Location(area=area))
    meant = applies(scope, address, description)
    assert meant == (
        (not scope.kinds or kind in scope.kinds)
        and (not scope.areas or area in scope.areas)
        and (not scope.products or product in scope.products)
        and (not scope.devices or f"{kind}/{device}" in scope.devices)
    )
    assert may_apply(scope, address) or not meant
