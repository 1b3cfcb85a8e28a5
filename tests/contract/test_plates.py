"""How plates are written, and which of their characters are taken for one another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.plates import CONFUSED, MOST_CHARACTERS, PROVINCES, folded, is_plate, normalised

plates = st.builds(
    lambda province, rest: province + rest,
    st.sampled_from(PROVINCES),
    st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=6, max_size=7),
)


@pytest.mark.parametrize(
    ("written", "plate"),
    [
        ("\u743cA\u00b712345", "\u743cA12345"),
        (" \u743ca 123 45\n", "\u743cA12345"),
        ("\u743c\uff21\uff11\uff12\uff13\uff14\uff15", "\u743cA12345"),
        ("\u743cA\u202212345", "\u743cA12345"),
        ("\u743cA-D1234\u6302", "\u743cAD1234\u6302"),
        ("wj.12_345", "WJ12345"),
        ("", ""),
    ],
)
def test_a_plate_is_written_one_way(written: str, plate: str) -> None:
    assert normalised(written) == plate


@given(plates, st.lists(st.tuples(st.integers(0, 8), st.sampled_from(" \u00b7.-\u3000\t")), max_size=4))
def test_separators_and_case_say_nothing(plate: str, separators: list[tuple[int, str]]) -> None:
    written = plate.lower()
    for place, separator in separators:
        written = written[:place] + separator + written[place:]
    assert normalised(written) == plate
    assert is_plate(plate)


@given(st.text(max_size=40))
def test_writing_it_again_changes_nothing_more(text: str) -> None:
    once = normalised(text)
    if is_plate(once):
        assert normalised(once) == once
        assert len(once) <= MOST_CHARACTERS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "A",
        "\u743cA123\u738b",
        "\u743cA 12345",
        "\u743ca12345",
        "A" * (MOST_CHARACTERS + 1),
        "\u743cA12345\n",
    ],
)
def test_what_is_no_plate(text: str) -> None:
    assert not is_plate(text)


@given(plates, st.data())
def test_a_misread_plate_folds_to_the_same(plate: str, data: st.DataObject) -> None:
    groups = {each: group for group in CONFUSED for each in group}
    misread = "".join(data.draw(st.sampled_from(groups.get(each, each))) for each in plate)
    assert folded(misread) == folded(plate)
    assert folded(folded(plate)) == folded(plate)


def test_others_stay_apart() -> None:
    assert folded("\u743cA12345") != folded("\u743cA12346")
    assert folded("\u743cA12345") != folded("\u7ca4A12345")
    assert len(set("".join(CONFUSED))) == len("".join(CONFUSED))
