"""A bundle is whole, or what was changed is found: by our check and by stock commands."""

import shutil
import zipfile
import zlib
from pathlib import Path

import pytest

from contract.clock import SystemClock
from hub.bundle.keys import SigningKeys
from hub.bundle.layout import DEFLATED, LOCAL, STORED, Entry, ending
from hub.bundle.making import Making, Options
from hub.bundle.names import SUMS, unsummed
from tests.hub.bundle.changing import documented, faults, flip, packed_again, seen, stock, succeeds
from tests.hub.bundle.conftest import Made
from tests.hub.bundle.synthetic import Synthetic, facts
from tests.peers import require_program


@pytest.fixture(scope="module")
def unpacked(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the ZIP, the sums beside it and the unpacked folder; whoever changes it puts it right again."""
    for program in ("unzip", "sha256sum", "openssl"):
        require_program(program, program)
    folder = tmp_path_factory.mktemp("unpacked")
    for file in made.folder.glob("*.zip*"):
        shutil.copy(file, folder)
    return folder


def test_a_bundle_is_whole(made: Made) -> None:
    report = seen(made.file, made.keys.current().public.fingerprint)
    assert report.right, report.findings
    assert (report.key_compared, report.sidecar, report.files) == (True, True, made.bundle.files)
    assert report.manifest is not None
    assert [table.rows for table in report.manifest.tables] == [40, 3]
    assert report.stamp is not None
    assert not report.stamp.trusted


def test_a_zip_alone_is_whole(copy: Path) -> None:
    report = seen(copy)
    assert report.right, report.findings
    assert (report.key_compared, report.sidecar) == (False, False)


def test_documented_commands_succeed(made: Made, unpacked: Path) -> None:
    assert stock(unpacked)
    folder = unpacked / made.file.stem
    shutil.copy(made.authority, unpacked / "authority.pem")
    assert stock(folder, script=1)
    assert not faults(folder)
    shutil.rmtree(folder)


def test_every_byte_of_the_zips_own_counts(copy: Path) -> None:
    places = structure(copy)
    assert len(places) > 200
    for place in places:
        flip(copy, place, place % 8)
        assert faults(copy), f"byte {place}"
        flip(copy, place, place % 8)
    assert not faults(copy)


def structure(bundle: Path) -> list[int]:
    """Return the places of headers: local and central ones of two entries, all of the end."""
    with zipfile.ZipFile(bundle) as opened:
        infos, start = opened.infolist(), opened.start_dir
    places: list[int] = []
    size = bundle.stat().st_size
    chosen = (0, len(infos) - 1)
    for number, info in enumerate(infos):
        central = 46 + len(info.filename)
        if number in chosen:
            places += range(info.header_offset, info.header_offset + LOCAL.size + len(info.filename))
            places += range(start, start + central)
        start += central
    return [*places, *range(start, size)]


def test_bytes_of_every_file_count(copy: Path) -> None:
    with zipfile.ZipFile(copy) as opened:
        infos = opened.infolist()
    for info in infos:
        begin = info.header_offset + LOCAL.size + len(info.filename)
        last = begin + info.compress_size - 1
        for place, bit in ((begin, 0), ((begin + last) // 2, 3), (last, 7)):
            flip(copy, place, bit)
            assert faults(copy), f"{info.filename}, byte {place}"
            flip(copy, place, bit)
    assert not faults(copy)


def test_stock_commands_find_a_changed_byte_anywhere(made: Made, unpacked: Path) -> None:
    bundle = unpacked / made.file.name
    beside = [bundle.with_name(bundle.name + end) for end in (".sha256", ".sha256.sig")]
    for file in (bundle, *beside):
        for place in (0, file.stat().st_size // 2, file.stat().st_size - 2):
            flip(file, place)
            assert not stock(unpacked), f"{file.name}, byte {place}"
            shutil.rmtree(unpacked / made.file.stem, ignore_errors=True)
            flip(file, place)


def test_stock_commands_find_what_changed_in_any_file(made: Made, unpacked: Path) -> None:
    """As the script says, but for what is there already: the folder that was unpacked."""
    assert stock(unpacked)
    folder = unpacked / made.file.stem
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        flip(file, file.stat().st_size // 2)
        assert not (stock_unpacked(folder) and stock(folder, script=1)), file.name
        assert faults(folder), file.name
        flip(file, file.stat().st_size // 2)
    (folder / "media" / "more.jpg").write_bytes(b"more")
    assert not stock_unpacked(folder)
    assert faults(folder) == {"added"}
    shutil.rmtree(folder)


def stock_unpacked(folder: Path) -> bool:
    """Run the documented script from its third step on."""
    script = documented(0)
    begin = script.index("# 3")
    return succeeds(f"N={folder.name}\n{script[begin:]}", folder)


def test_the_sums_beside_it_are_checked(made: Made, tmp_path: Path) -> None:
    for file in made.folder.glob("*.zip*"):
        shutil.copy(file, tmp_path)
    bundle = tmp_path / made.file.name
    beside, signature = (bundle.with_name(bundle.name + end) for end in (".sha256", ".sha256.sig"))
    flip(beside, 3)
    assert faults(bundle) == {"sidecar", "signature"}
    flip(beside, 3)
    flip(signature, 3)
    assert faults(bundle) == {"signature"}
    signature.unlink()
    assert faults(bundle) == {"missing"}


def test_added_removed_renamed_doubled_and_moved_files(made: Made, tmp_path: Path) -> None:
    def added(entries: list[tuple[Entry, bytes]]) -> None:
        entries.insert(-1, (stored("data/more.csv", b"x"), b"x"))

    def removed(entries: list[tuple[Entry, bytes]]) -> None:
        del entries[10]

    def renamed(entries: list[tuple[Entry, bytes]]) -> None:
        entry, data = entries[3]
        entries[3] = (entry._replace(name="data/evens.csv"), data)

    def doubled(entries: list[tuple[Entry, bytes]]) -> None:
        entries.insert(1, (stored("README.txt", b"other"), b"other"))

    def moved(entries: list[tuple[Entry, bytes]]) -> None:
        entries[1], entries[2] = entries[2], entries[1]

    found = {}
    for change in (added, removed, renamed, doubled, moved):
        bundle = Path(shutil.copy(made.file, tmp_path / f"{change.__name__}.zip"))
        packed_again(bundle, change)
        found[change.__name__] = faults(bundle)
    assert "added" in found["added"]
    assert "missing" in found["removed"]
    assert {"added", "missing"} <= found["renamed"]
    assert "twice" in found["doubled"]
    assert found["moved"] == {"order"}


def test_a_proof_that_is_taken_away_is_missed(made: Made, tmp_path: Path) -> None:
    for name in ("manifest.json", "manifest.json.sig", SUMS, f"{SUMS}.sig", "SHA256SUMS.tsr", "signer.pem"):
        bundle = Path(shutil.copy(made.file, tmp_path / f"{name}.zip"))
        packed_again(bundle, lambda entries, gone=name: without(entries, gone))
        report = seen(bundle)
        assert ("missing", name) in {(each.fault.value, each.at) for each in report.findings}


def without(entries: list[tuple[Entry, bytes]], name: str) -> None:
    entries[:] = [each for each in entries if each[0].name != name]


def stored(name: str, data: bytes) -> Entry:
    return Entry(name, STORED, zlib.crc32(data), len(data), len(data))


def test_compressed_anew_with_the_same_content_is_found(copy: Path) -> None:
    def again(entries: list[tuple[Entry, bytes]]) -> None:
        entry, data = entries[0]
        text = zlib.decompress(data, -15)
        squeeze = zlib.compressobj(1, zlib.DEFLATED, -15)
        less = squeeze.compress(text) + squeeze.flush()
        entries[0] = (entry._replace(packed=len(less)), less)

    packed_again(copy, again)
    assert faults(copy) == {"packed"}


def test_bytes_behind_the_end_and_a_cut_end_are_found(copy: Path) -> None:
    whole = copy.read_bytes()
    copy.write_bytes(whole + b"\0")
    assert faults(copy) == {"extra-bytes"}
    copy.write_bytes(whole[:-1])
    assert faults(copy) == {"cut-off"}
    copy.write_bytes(whole[: len(whole) // 2])
    assert {"missing"} < faults(copy)


@pytest.mark.parametrize(
    "name",
    ["../up.txt", "/etc/passwd", "data/../../up", "C:up", "data\\up", "a/b/c/d", "-rf", "data/中.csv", "x/"],
)
def test_unsafe_names_are_refused(copy: Path, name: str) -> None:
    data = name.encode("latin-1", "replace").decode("latin-1")
    packed_again(copy, lambda entries: entries.insert(1, (stored(data, b"x"), b"x")))
    assert "unsafe-name" in faults(copy)
    assert sorted(copy.parent.iterdir()) == [copy]


def test_a_bomb_is_not_unpacked(copy: Path) -> None:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    zeros = squeeze.compress(bytes(10 << 20)) + squeeze.flush()
    bomb = Entry("data/zeros.csv", DEFLATED, 0, len(zeros), 100 << 30)
    packed_again(copy, lambda entries: entries.insert(3, (bomb, zeros)))
    assert "bomb" in faults(copy)


def test_what_unpacks_to_more_than_it_says_is_stopped(copy: Path) -> None:
    def grown(entries: list[tuple[Entry, bytes]]) -> None:
        squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
        zeros = squeeze.compress(bytes(10 << 20)) + squeeze.flush()
        entries[0] = (entries[0][0]._replace(packed=len(zeros)), zeros)

    packed_again(copy, grown)
    report = seen(copy)
    assert any("unpacks to more" in each.details for each in report.findings)


def test_another_key_is_found(made: Made, copy: Path, tmp_path: Path) -> None:
    other = SigningKeys(tmp_path / "keys").current()

    def swapped(entries: list[tuple[Entry, bytes]]) -> None:
        for place, (entry, _) in enumerate(entries):
            if entry.name == "signer.pem":
                entries[place] = (stored("signer.pem", other.public.pem), other.public.pem)

    packed_again(copy, swapped)
    assert {"changed", "packed", "signature", "signer"} & faults(copy) >= {"changed", "signature", "signer"}
    assert "other-key" in faults(copy, made.keys.current().public.fingerprint)


def test_a_bundle_signed_anew_is_told_by_its_key_alone(made: Made, tmp_path: Path) -> None:
    own = SigningKeys(tmp_path / "keys")
    forged = Making(tmp_path, Synthetic(rows=39), facts(), own, Options(), SystemClock())
    forged.run(lambda _progress: None, lambda: False)
    bundle = tmp_path / made.file.name
    assert not faults(bundle)
    assert faults(bundle, made.keys.current().public.fingerprint) == {"other-key"}


def test_what_is_no_bundle_is_unreadable(tmp_path: Path) -> None:
    for name, content in (("empty.zip", b""), ("text.zip", b"no ZIP at all"), ("noise.zip", bytes(9000))):
        (tmp_path / name).write_bytes(content)
        assert faults(tmp_path / name) == {"unreadable"}
    assert faults(tmp_path / "nowhere.zip") == {"unreadable"}


def test_a_foreign_zip_is_no_whole_bundle(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "foreign.zip", "w") as foreign:
        foreign.writestr("a.txt", "a")
    assert "missing" in faults(tmp_path / "foreign.zip")


def test_links_in_a_folder_are_not_followed(made: Made, tmp_path: Path) -> None:
    with zipfile.ZipFile(made.file) as opened:
        opened.extractall(tmp_path / "it")
    (tmp_path / "it" / "data" / "link").symlink_to("/etc/hostname")
    assert faults(tmp_path / "it") == {"added"}
    (tmp_path / "it" / "data" / "link").unlink()
    readme = tmp_path / "it" / "README.txt"
    shutil.move(readme, tmp_path / "README.txt")
    readme.symlink_to(tmp_path / "README.txt")
    assert faults(tmp_path / "it") == {"added", "missing"}


def test_large_archives_use_zip64() -> None:
    large = Entry("data/a.csv", STORED, 1, 5 << 32, 5 << 32)
    end = ending([large, stored("b", b"x")])
    assert b"PK\x06\x06" in end
    assert b"PK\x06\x07" in end
    assert not unsummed("data/a.csv")
