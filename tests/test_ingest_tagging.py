"""What a document says that it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.corpus import Block, Document
from ingest.readers.contents import Contents, Facts
from ingest.readers.pdf import read_pdf
from ingest.tagging import Stated, describe

PATH = Path("scan-0042.pdf")


def _described(*front: str, title: str = "", stated: Stated | None = None) -> Document:
    blocks = (Block("paragraph", "Set the valve and wait."),)
    return describe(Contents(blocks, title=title, front=front), PATH, stated or Stated())


def test_the_sample_manuals_are_what_their_front_pages_say(manuals: dict[str, Path]) -> None:
    facts = {}
    for name in ("hp40-rev-b", "hp40-rev-c", "rc15-rev-d"):
        document = describe(read_pdf(manuals[name]), manuals[name], Stated())
        assert (document.kind, document.language, len(document.pages)) == ("manual", "en", 35)
        facts[name] = (document.number, document.revision, document.date, document.models)
    assert facts == {
        "hp40-rev-b": ("HP40-MM-EN", "B", "2019-05-06", ("HP-40", "HP-40S")),
        "hp40-rev-c": ("HP40-MM-EN", "C", "2024-03-12", ("HP-40", "HP-40S")),
        "rc15-rev-d": ("RC15-MM-EN", "D", "2023-06-15", ("RC-15", "RC-15D", "RC-15V")),
    }


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("Document no. HP40-MM-EN", "HP40-MM-EN"),
        ("Doc. No.: 4711/2.", "4711/2"),
        ("Publication number A-100_3", "A-100_3"),
        ("Dokumenten-Nr. 12-345", "12-345"),
        ("文件编号：SOP-2024-07", "SOP-2024-07"),
        ("This manual no longer applies.", ""),
        ("Manual number and revision stand on the back.", ""),
        ("Document number of the supplier", ""),
        ("Number 12", ""),
    ],
)
def test_finds_the_document_number_and_takes_no_word_for_one(line: str, number: str) -> None:
    assert _described(line).number == number


@pytest.mark.parametrize(
    ("line", "revision"),
    [
        ("HP40-MM-EN Rev. C", "C"),
        ("Revision: AB", "AB"),
        ("Rev 2.1 of May", "2.1"),
        ("rev. b", "b"),
        ("Issue 3", "3"),
        ("Ausgabe: 12", "12"),
        ("版本：V1.2", "1.2"),
        ("版本B（2024年）", "B"),
        ("Revision of this manual", ""),
        ("Revision history", ""),
        ("Issue 2023", ""),
        ("Issue a permit before you start.", ""),
        ("Previous versions", ""),
    ],
)
def test_finds_the_revision_and_takes_no_word_for_one(line: str, revision: str) -> None:
    assert _described(line).revision == revision


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("Revision B of 2019-05-06", "2019-05-06"),
        ("2024年3月12日", "2024-03-12"),
        ("Order 4711-20-10", ""),
        ("2024-13-01", ""),
        ("2024-00-10", ""),
    ],
)
def test_finds_the_date_and_takes_no_number_for_one(line: str, date: str) -> None:
    assert _described(line).date == date


@pytest.mark.parametrize(
    ("line", "models"),
    [
        ("Models HP-40, HP-40S", ("HP-40", "HP-40S")),
        ("Model: LT-25 and LT-25M.", ("LT-25", "LT-25M")),
        ("Typ RC 15", ("RC 15",)),
        ("型号： XZ-3、XZ-5", ("XZ-3", "XZ-5")),
        ("Types of oil: see chapter 6", ()),
        ("Model railway", ()),
        ("All models HP-40", ()),
    ],
)
def test_finds_the_models_where_a_line_names_them(line: str, models: tuple[str, ...]) -> None:
    assert _described(line).models == models


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("HP-40 Maintenance Manual", "manual"),
        ("Service bulletin 12: valve V30", "bulletin"),
        ("Procedure for oil change", "procedure"),
        ("SOP 12", "procedure"),
        ("Sophisticated drives", "manual"),
        ("Circuit diagram", "drawing"),
        ("换油作业指导书", "procedure"),
    ],
)
def test_the_title_tells_the_kind(title: str, kind: str) -> None:
    assert _described(title=title).kind == kind


def test_the_first_line_that_says_it_wins() -> None:
    assert _described("Rev. A", "Rev. B").revision == "A"


def test_what_a_person_states_wins_over_what_the_document_says() -> None:
    stated = Stated(kind="drawing", models=("X-1",), assets=("PR-01",), site="North")
    document = _described("Models HP-40", title="Service bulletin", stated=stated)
    assert (document.kind, document.models) == ("drawing", ("X-1",))
    assert (document.assets, document.site) == (("PR-01",), "North")


def test_without_a_title_the_first_heading_and_then_the_file_name_is_taken() -> None:
    heading = Block("heading", "Oil change", level=1)
    assert describe(Contents((heading,)), PATH, Stated()).title == "Oil change"
    assert _described("Rev. A").title == "scan-0042"
    assert len(_described(title="x" * 500).title) == 150


@pytest.mark.parametrize(
    ("line", "serials"),
    [
        ("Applies to serial numbers 4000 to 4399", ("4000..4399",)),
        ("Serial no.: from 15-2300", ("15-2300..",)),
        ("Seriennummer 2500141 bis 2500199", ("2500141..2500199",)),
        ("序列号：4000至4399", ("4000..4399",)),
        ("The serial number stands on the nameplate", ()),
    ],
)
def test_serial_ranges_are_found_on_the_front(line: str, serials: tuple[str, ...]) -> None:
    contents = Contents((Block("paragraph", "Text."),), front=("Manual", line))
    assert describe(contents, Path("a.pdf"), Stated()).serials == serials


@pytest.mark.parametrize(
    ("line", "assets"),
    [
        ("Asset: PR-02", ("PR-02",)),
        ("Equipment no.: PR-02, PR-03", ("PR-02", "PR-03")),
        ("设备编号：KP-01", ("KP-01",)),
        ("Machine: hydraulic press", ()),
        ("Asset management is explained in chapter 2", ()),
    ],
)
def test_assets_are_found_where_the_front_names_them(line: str, assets: tuple[str, ...]) -> None:
    contents = Contents((Block("paragraph", "Text."),), front=("Manual", line))
    assert describe(contents, Path("a.pdf"), Stated()).assets == assets
    stated = Stated(assets=("LT-01",))
    assert describe(contents, Path("a.pdf"), stated).assets == ("LT-01",)


def test_what_the_format_states_is_believed_before_what_the_text_says() -> None:
    facts = Facts(number="DMC-1", revision="002-00", date="2024-05-06", language="de")
    contents = Contents(
        (Block("paragraph", "The pump is green."),),
        front=("Document no. X-100", "Revision B", "2020-01-01"),
        facts=facts,
    )
    document = describe(contents, Path("a.xml"), Stated())
    assert (document.number, document.revision) == ("DMC-1", "002-00")
    assert (document.date, document.language) == ("2024-05-06", "de")
