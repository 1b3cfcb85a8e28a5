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


def test_empty_scope_is_about_everything() -> None:
    assert applies(Scope(), GATE, None)


def test_area_and_product_must_be_known() -> None:
    assert not applies(Scope(areas=("east",)), GATE, None)
    assert not applies(Scope(products=("DZ-1",)), GATE, None)
    assert not applies(Scope(areas=("east",)), GATE, Description(title="gate"))
    assert applies(Scope(areas=("east",), products=("DZ-1",)), GATE, described())


@given(SOME, SOME, SOME, SOME, WORDS, WORDS, WORDS, WORDS)
def test_every_part_of_the_scope_counts(
    kinds: tuple[str, ...],
    areas: tuple[str, ...],
    devices: tuple[str, ...],
    products: tuple[str, ...],
    kind: str,
    device: str,
    area: str,
    product: str,
) -> None:
    scope = Scope(
        kinds=kinds, areas=areas, devices=tuple(f"{each}/{each}" for each in devices), products=products
    )
    address = Address("hemei", kind, device)
    description = Description(title="x", product=product, location=Location(area=area))
    meant = applies(scope, address, description)
    assert meant == (
        (not kinds or kind in kinds)
        and (not areas or area in areas)
        and (not products or product in products)
        and (not devices or (kind == device and kind in devices))
    )
    assert may_apply(scope, address) or not meant
