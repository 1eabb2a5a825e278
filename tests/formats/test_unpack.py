"""Zips that come in: honest ones unpack, and each way to hurt us or to mislead us is refused by its own sentence."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voldaan.formats.shared import unpack
from voldaan.formats.shared.unpack import BadZip, check_zip, unzip
from voldaan.rules.papers import Severity

MEGABYTE = 2**20


def packed(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def unpacked(data: bytes, **limits: int) -> dict[str, bytes]:
    return dict(unzip(io.BytesIO(data), **limits))


def refusal(data: bytes, door: Callable[..., object] = unpacked, **limits: int) -> tuple[str, str]:
    """Give the sentence and the place of the refusal."""
    with pytest.raises(BadZip) as caught:
        door(data if door is unpacked else io.BytesIO(data), **limits)
    problem = caught.value.problem
    assert problem.severity is Severity.ERROR
    assert str(problem), "the sentence has the facts that it names"
    return problem.what, problem.place


DOORS = pytest.mark.parametrize("door", [unpacked, check_zip])
TWO = {"a.xml": b"<a/>" * 500, "folder/b.940": b":20:B"}

# Where the directory entry and the local header keep these fields (APPNOTE 4.3.12 and 4.3.7).
FIELDS = {"flags": (8, 6), "method": (10, 8), "crc": (16, 14), "packed": (20, 18), "size": (24, 22)}


def lying(data: bytes, **values: int) -> bytes:
    """Change what the first member says of itself, in the directory and in its local header."""
    changed = bytearray(data)
    entry = data.index(b"PK\x01\x02")
    for field, value in values.items():
        shape = "<H" if field in {"flags", "method"} else "<I"
        for start, offset in zip((entry, 0), FIELDS[field], strict=True):
            struct.pack_into(shape, changed, start + offset, value)
    return bytes(changed)


@given(
    st.dictionaries(st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8})?\.[a-z]{3}", fullmatch=True), st.binary(), max_size=5),
    st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]),
)
def test_what_went_in_comes_out(files: dict[str, bytes], method: int):
    files = {name: content for name, content in files.items() if not content.startswith(b"PK")}
    data = packed(files, method)
    assert unpacked(data) == files
    check_zip(io.BytesIO(data))


def test_folders_and_the_shadows_of_a_mac_are_passed_over():
    data = packed({"folder/": b"", "folder/a.xml": b"<a/>", "__MACOSX/folder/._a.xml": b"\0"})
    assert unpacked(data) == {"folder/a.xml": b"<a/>"}


def test_the_source_is_ready_for_the_library():
    source = io.BytesIO(packed(TWO))
    source.read(10)
    check_zip(source)
    assert source.tell() == 0
    source.read(10)
    assert len(list(unzip(source))) == 2


@DOORS
@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"most_files": 1}, unpack.TOO_MANY_FILES),
        ({"most_bytes": 2004}, unpack.TOO_LARGE),
    ],
)
def test_each_limit_is_kept(door: Callable[..., object], limits: dict[str, int], sentence: str):
    assert refusal(packed(TWO), door, **limits)[0] == sentence
    for limit, value in limits.items():
        assert len(unpacked(packed(TWO), **{limit: value + 1})) == 2


@DOORS
@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 64])
def test_files_are_counted_wherever_the_source_stands(
    door: Callable[..., object], chunk: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(unpack, "CHUNK", chunk)
    assert refusal(packed(TWO), door, most_files=1)[0] == unpack.TOO_MANY_FILES
    monkeypatch.undo()
    source = io.BytesIO(packed(TWO))
    source.read()
    with pytest.raises(BadZip):
        check_zip(source, most_files=1)


@DOORS
def test_more_than_a_thousand_files_are_refused(door: Callable[..., object]):
    names = [f"{n}.xml" for n in range(1001)]
    assert refusal(packed(dict.fromkeys(names, b"")), door) == (unpack.TOO_MANY_FILES, "zip")
    assert len(unpacked(packed(dict.fromkeys(names[1:], b"")))) == 1000


@DOORS
def test_a_bomb_is_known_by_its_ratio(door: Callable[..., object]):
    assert refusal(packed({"a.xml": b" " * MEGABYTE}), door) == (unpack.TOO_DENSE, "a.xml")
    assert unpacked(packed({"a.xml": b" " * MEGABYTE}), most_ratio=1100)
    assert unpacked(packed({"small.940": b" " * 100_000})), "a page of spaces is no bomb"


@pytest.mark.shared
@DOORS
def test_the_bomb_of_60_mb_is_refused_unopened(door: Callable[..., object], samples: Path):
    data = (samples / "xml-attacks/zip-bomb-60MB.zip").read_bytes()
    tracemalloc.start()
    before = process_time()
    assert refusal(data, door) == (unpack.TOO_DENSE, "camt053.xml")
    seconds, (_, peak) = process_time() - before, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seconds < 0.2
    assert peak < MEGABYTE


BOMB = packed({"a.xml": b" " * 20 * MEGABYTE})
SMALL = 50_000


@DOORS
@pytest.mark.parametrize(
    "data",
    [
        lying(BOMB, size=SMALL),
        lying(BOMB, packed=MEGABYTE),
        # zipfile alone would hand out the first part, check it against this sum and be content.
        lying(BOMB, size=SMALL, crc=zlib.crc32(b" " * SMALL)),
    ],
)
def test_a_bomb_that_declares_little_is_not_unpacked(door: Callable[..., object], data: bytes):
    tracemalloc.start()
    assert refusal(data, door)[1] == "a.xml"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * MEGABYTE


def test_zipfile_alone_believes_the_lie():
    data = lying(BOMB, size=SMALL, crc=zlib.crc32(b" " * SMALL))
    assert zipfile.ZipFile(io.BytesIO(data)).read("a.xml") == b" " * SMALL


@DOORS
def test_a_file_that_declares_more_than_it_holds_is_refused(door: Callable[..., object]):
    assert refusal(lying(packed(TWO), size=3000), door) == (unpack.UNTRUE, "a.xml")


@DOORS
def test_overlapping_members_are_refused(door: Callable[..., object]):
    data = packed({"a.xml": b"<a/>", "b.xml": b"<b/>"})
    second = data.rindex(b"PK\x01\x02")
    both_at_the_first = data[: second + 42] + struct.pack("<I", 0) + data[second + 46 :]
    assert refusal(both_at_the_first, door)[0] == unpack.BROKEN


@DOORS
@pytest.mark.parametrize("flag", [0x1, 0x41, 0x2000])
def test_a_password_is_asked_away(door: Callable[..., object], flag: int):
    assert refusal(lying(packed(TWO), flags=flag), door) == (unpack.LOCKED, "a.xml")


@DOORS
@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_of_packing_are_refused(door: Callable[..., object], method: int):
    assert refusal(packed({"a.xml": b"<a/>"}, method), door) == (unpack.OTHER_METHOD, "a.xml")
    assert refusal(lying(packed(TWO), method=99), door) == (unpack.OTHER_METHOD, "a.xml")


BAD_NAMES = ["/etc/passwd", "../a.xml", "a/../../b.xml", "..\\a.xml", "\\\\host\\a.xml", "C:\\a.xml", "c:a.xml", ".."]


@DOORS
@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_that_lead_elsewhere_are_refused(door: Callable[..., object], name: str):
    assert refusal(packed({name: b"<a/>"}), door) == (unpack.BAD_NAME, name)


@pytest.mark.parametrize("name", ["a..b.xml", "...xml", "Factuur 1.xml", "é/€.xml", "ab:c.xml", "<script>.xml", "con"])
def test_other_names_are_data(name: str):
    assert unpacked(packed({name: b"<a/>"})) == {name: b"<a/>"}


@DOORS
def test_a_member_without_a_name_is_refused(door: Callable[..., object]):
    nameless = packed({"a": b"<a/>"}).replace(b"a", b"\0", 1)
    entry = nameless.rindex(b"a")
    assert refusal(nameless[:entry] + b"\0" + nameless[entry + 1 :], door)[0] == unpack.BAD_NAME


@DOORS
def test_two_files_of_one_name_are_refused(door: Callable[..., object]):
    twice = packed({"a.xml": b"<a/>", "b.xml": b"<b/>"}).replace(b"b.xml", b"a.xml")
    assert refusal(twice, door) == (unpack.TWICE, "a.xml")


def test_a_zip_in_a_zip_is_refused_by_what_it_is():
    for inner in (packed(TWO), packed({})):
        assert refusal(packed({"invoices.xml": inner})) == (unpack.NESTED, "invoices.xml")


def test_check_zip_leaves_zips_inside_alone():
    check_zip(io.BytesIO(packed({"xl/embeddings/sheet.xlsx": packed(TWO)})))


@DOORS
@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"PK\x05\x06", b"<xml/>", packed(TWO)[:-30], packed(TWO)[20:-1]])
def test_what_is_no_whole_zip_is_told(door: Callable[..., object], data: bytes):
    assert refusal(data, door) == (unpack.BROKEN, "zip")


@DOORS
def test_damaged_content_is_told_with_its_name(door: Callable[..., object]):
    data = bytearray(packed({"a.xml": bytes(range(256)) * 40}, zipfile.ZIP_STORED))
    data[100] ^= 1
    assert refusal(bytes(data), door) == (unpack.BROKEN, "a.xml")
    whole = packed(TWO)
    begin, size = whole.index(b"a.xml") + 5, whole.index(b"PK\x03\x04", 4) - whole.index(b"a.xml") - 5
    assert refusal(whole[:begin] + bytes(size) + whole[begin + size :], door) == (unpack.BROKEN, "a.xml")
    assert refusal(lying(whole, packed=size // 2), door) == (unpack.BROKEN, "a.xml")
    content_behind_the_end = whole[:28] + b"\xff\xff" + whole[30:]
    assert refusal(content_behind_the_end, door) == (unpack.BROKEN, "a.xml")


@DOORS
def test_a_name_in_no_known_letters_is_told(door: Callable[..., object]):
    data = packed({"é.xml": b"<a/>"}).replace("é".encode(), b"\xff\xff")
    assert refusal(data, door) == (unpack.BROKEN, "zip")


@DOORS
def test_a_directory_of_many_entries_is_counted_before_it_is_read(door: Callable[..., object]):
    count = 100_000
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 0, 20, 0, *[0] * 14)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, count * len(entry), 0, 0)
    data = entry * count + end
    assert len(zipfile.ZipFile(io.BytesIO(entry * 5 + end[:12] + struct.pack("<2LH", 5 * 46, 0, 0))).infolist()) == 5
    tracemalloc.start()
    assert refusal(data, door)[0] == unpack.TOO_MANY_FILES
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * MEGABYTE


def test_a_long_name_is_not_repeated_in_full():
    assert len(refusal(packed({"../" + "x" * 60_000: b""}))[1]) <= 80


WHOLE = packed({"a.xml": b"<a>1</a>" * 20, "b.xml": b"<b/>"})


@given(st.integers(0, len(WHOLE)), st.integers(0, 8), st.binary(max_size=8))
def test_mutants_unpack_or_are_refused(at: int, gone: int, instead: bytes):
    mutant = WHOLE[:at] + instead + WHOLE[at + gone :]
    for door in (unpacked, lambda data: check_zip(io.BytesIO(data))):
        with suppress(BadZip):
            door(mutant)


def test_mutants_on_disk_unpack_or_are_refused(tmp_path: Path):
    for at in range(0, len(WHOLE), 3):
        path = tmp_path / "mutant.zip"
        path.write_bytes(WHOLE[:at] + b"\xff\xff\xff" + WHOLE[at + 3 :])
        with path.open("rb") as source, suppress(BadZip):
            check_zip(source)
