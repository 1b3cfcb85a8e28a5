"""A disclosure that was changed behind the product's back is found: its way, and what was asked for."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from hub.audit.findings import Report
from hub.audit.verify import verify
from hub.disclosure.refusals import DisclosureRefused
from hub.disclosure.states import Step
from hub.media import MediaStore
from tests.hub.audit.books import behind_its_back, checkpoints
from tests.hub.disclosure.made import CHEN, Desk, desk_on, scope


async def disclosed(desk: Desk) -> str:
    """Have one disclosure approved and one attempt refused; return its id."""
    found = await desk.request(CHEN, scope=scope(plate="浙B12345"))
    with pytest.raises(DisclosureRefused):
        await desk.press(found, Step.APPROVE, CHEN)
    await desk.press(found, Step.WITHDRAW, CHEN, reason="案件撤销")
    return found.id


def look(desk: Desk, folder: Path) -> Report:
    """Verify everything."""
    return verify(desk.engine, desk.tenant, MediaStore(folder / "media"), checkpoints(folder))


async def test_what_nobody_touched_is_right(ledger: Engine, tmp_path: Path) -> None:
    async with desk_on(ledger) as desk:
        await disclosed(desk)
        report = look(desk, tmp_path)
    assert report.right, report.findings
    assert report.checked["disclosure"] == 3


@pytest.mark.parametrize(
    ("spoilt", "at", "fault"),
    [
        ("UPDATE disclosure_steps SET who = 'user:he.yan' WHERE n = 1", "/1", "changed"),
        ("UPDATE disclosure_steps SET reason = '' WHERE n = 3", "/3", "changed"),
        ("UPDATE disclosure_steps SET details = '{' WHERE n = 2", "/2", "changed"),
        ("DELETE FROM disclosure_steps WHERE n = 2", "/2", "removed"),
        (
            "INSERT INTO disclosure_steps SELECT tenant, disclosure, 4, ts_ms, who, 'approved', post, reason,"
            " details FROM disclosure_steps WHERE n = 3",
            "/4",
            "inserted",
        ),
        ("UPDATE disclosures SET scope = replace(scope, '浙B12345', '浙B*')", "", "changed"),
        ("UPDATE disclosures SET scope = '{}'", "", "changed"),
        ("DELETE FROM disclosures", "", "removed"),
        ("UPDATE disclosures SET id = 'other'", "", "removed"),
    ],
)
async def test_a_change_is_found_and_named(
    sqlite: Engine, tmp_path: Path, spoilt: str, at: str, fault: str
) -> None:
    async with desk_on(sqlite) as desk:
        ident = await disclosed(desk)
        behind_its_back(sqlite, spoilt)
        findings = [(each.part, each.at, each.fault.value) for each in look(desk, tmp_path).findings]
    assert ("disclosure", ident + at, fault) in findings
    assert {part for part, _, _ in findings} == {"disclosure"}
