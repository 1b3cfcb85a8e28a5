"""Masks: what is left of whom something is about."""

from hypothesis import given, settings
from hypothesis import strategies as st

from contract.plates import PROVINCES
from hub.disclosure.reading.masks import (
    masked_identity,
    masked_key,
    masked_name,
    masked_plate,
    masked_telephone,
    names_nobody,
    without_identity,
)

FEW = settings(max_examples=40, deadline=None)
PLATES = st.builds(
    lambda province, letter, rest: province + letter + rest,
    st.sampled_from(PROVINCES),
    st.sampled_from("ABCDEFGHJKLMNPQRSTUVWXYZ"),
    st.text("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789", min_size=5, max_size=6),
)
IDENTITIES = st.from_regex(r"[1-9][0-9]{16}[0-9X]", fullmatch=True)
TELEPHONES = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)


def test_masks_are_as_people_know_them() -> None:
    assert masked_plate("琼A12345") == "琼A***45"
    assert masked_plate("琼AD12345") == "琼A***45"
    assert masked_name("王小明") == "王**"
    assert masked_telephone("13812345678") == "138***78"
    assert masked_identity("460106199001011234") == "46***"
    assert masked_key("p-17") == "***"


@FEW
@given(PLATES)
def test_a_mask_of_a_plate_keeps_four_characters_and_not_how_many_there_were(plate: str) -> None:
    masked = masked_plate(plate)
    assert masked == f"{plate[:2]}***{plate[-2:]}"
    assert plate[2:-2] not in masked
    assert names_nobody(masked)


@FEW
@given(st.text(max_size=40))
def test_no_mask_gives_back_what_was_written(text: str) -> None:
    for mask in (masked_plate, masked_name, masked_telephone, masked_identity, masked_key):
        masked = mask(text)
        assert len(masked.replace("*", "")) <= max(5, text.count("*"))
        assert not text or masked != text or set(text) <= {"*"}


@FEW
@given(st.text(max_size=20), IDENTITIES, st.text(max_size=20))
def test_no_identity_number_is_left_in_a_text(before: str, number: str, after: str) -> None:
    text = f"{before}，{number}。{after}"
    shown = without_identity(text)
    assert number not in shown
    assert number[2:] not in shown


@FEW
@given(st.one_of(PLATES, IDENTITIES, TELEPHONES))
def test_who_stands_in_a_text_is_noticed(who: str) -> None:
    assert not names_nobody(f"见{who}，东门")


def test_words_of_a_site_name_nobody() -> None:
    for text in ("东门入口", "3-2-501", "gate/east-in", "DS-K1T671", "2026-11-24T12:00:00.000Z", "v2.1.0"):
        assert names_nobody(text), text
