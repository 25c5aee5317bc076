"""The sample plant is what its README and the golden questions say."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import pypdfium2
import pytest
from openpyxl import load_workbook
from reportlab.pdfbase.ttfonts import TTFont

from assistant.evaluation import read_questions
from index.access import LOCAL
from index.corpus import Chunk, PassageFilter
from ingest.chunking import cut
from ingest.readers.contents import Contents
from ingest.reading import READERS
from tests.conftest import Plant
from tests.example_scripts import EXAMPLES, load
from tests.sample_documents import SourceRow, manual, numbers, pages, rows, scanned_text


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every document of the plant by its name."""
    return {path.name: path for path in load("build").build_all(tmp_path_factory.mktemp("plant"))}


def test_every_manual_has_20_to_40_pages(documents: dict[str, Path]) -> None:
    counts = {
        name: len(pypdfium2.PdfDocument(path))
        for name, path in documents.items()
        if "-rev-" in name
    }
    assert len(counts) == 5
    assert all(20 <= count <= 40 for count in counts.values()), counts


def test_the_older_revision_is_superseded_and_gives_another_torque(plant: Plant) -> None:
    documents = plant.catalog.documents(LOCAL)
    press = [d for d in documents if d.number == "HP40-MM-EN"]
    assert [d.revision for d in press] == ["C"]
    where = PassageFilter(include_superseded=True)
    found = plant.retriever.retrieve("torque of the cylinder head bolts N·m", LOCAL, 40, where)
    torques = {
        (passage.revision, torque)
        for passage in found.passages
        if passage.document_number == "HP40-MM-EN"
        for torque in re.findall(r"\b(70|85) N·m", passage.text)
    }
    assert ("B", "70") in torques
    assert ("C", "85") in torques
    assert ("C", "70") not in torques


def test_golden_questions_are_at_least_80_with_unanswerable_ones() -> None:
    questions = read_questions(EXAMPLES / "golden.jsonl")
    assert len(questions) >= 80
    assert sum(not q.answerable for q in questions) >= 11
    assert all(q.pages and q.facts for q in questions if q.answerable)


def test_every_format_has_golden_questions() -> None:
    files = numbers()
    asked = Counter(
        Path(files[q.document]).suffix.lower()
        for q in read_questions(EXAMPLES / "golden.jsonl")
        if q.answerable
    )
    endings = (".pdf", ".docx", ".pptx", ".html", ".md", ".txt", ".csv", ".xlsx", ".dita", ".xml")
    assert all(asked[ending] >= 2 for ending in (*endings, ".png")), asked


def test_facts_and_warnings_of_golden_questions_stand_on_their_pages(
    documents: dict[str, Path],
) -> None:
    files = numbers()
    texts = {name: [_folded(text) for text in pages(path)] for name, path in documents.items()}
    texts["cv40-faults-scan.pdf"] = [_folded(scanned_text())] * 4
    for golden in read_questions(EXAMPLES / "golden.jsonl"):
        if not golden.answerable:
            continue
        printed = texts[files[golden.document]]
        around = "".join(printed[number - 1] for number in golden.pages)
        for fact in golden.facts:
            assert _folded(fact) in around, f"{golden.id}: {fact!r}"
        for warning in golden.warnings:
            assert _folded(warning) in "".join(printed), f"{golden.id}: {warning!r}"


def test_golden_questions_name_assets_of_the_register() -> None:
    asked = {q.asset for q in read_questions(EXAMPLES / "golden.jsonl") if q.asset}
    assert asked <= _tags()


# The documents of all formats


def test_every_format_that_is_read_has_a_document(documents: dict[str, Path]) -> None:
    endings = {path.suffix.lower() for path in documents.values()}
    assert endings >= {".pdf", ".docx", ".pptx", ".xlsx", ".csv", ".html", ".md", ".txt"}
    assert endings >= {".xml", ".dita", ".png"}


def test_documents_are_the_same_each_time_they_are_built(
    documents: dict[str, Path], tmp_path: Path
) -> None:
    build = load("build")
    for name, write in build._WRITERS.items():
        write(tmp_path / name)
        assert (tmp_path / name).read_bytes() == documents[name].read_bytes(), name


def test_the_fonts_hold_every_character_of_the_chinese_manual() -> None:
    wanted = load("manual_pdf").characters(manual("qx80-rev-b.pdf"))
    for name, characters in zip(("sample-chinese", "sample-chinese-bold"), wanted, strict=True):
        font = TTFont(name, str(EXAMPLES / "fonts" / f"{name}.ttf"))
        missing = {c for c in characters if ord(c) not in font.face.charToGlyph}
        assert not missing, f"run examples/fonts/subset.py for {missing}"


@pytest.fixture(scope="module")
def chunks(documents: dict[str, Path]) -> dict[str, list[Chunk]]:
    """The chunks of the newest documents that have tables, by file."""
    files = {row.file for row in rows()}
    return {name: _chunks(documents[name]) for name in sorted(files)}


def test_every_row_of_a_fault_table_is_in_a_chunk_with_its_header_and_page(
    documents: dict[str, Path], chunks: dict[str, list[Chunk]]
) -> None:
    known = {name: _known_rows(found) for name, found in chunks.items()}
    printed = {
        name: [_folded(text).replace("-", "") for text in pages(documents[name])]
        for name in known
        if name.endswith(".pdf")
    }
    missing: list[SourceRow] = []
    for row in rows():
        key = (tuple(map(_folded, row.header)), tuple(map(_folded, row.cells)))
        places = known[row.file].get(key, set())
        if row.page is None:
            cells = [cell.replace("-", "") for cell in key[1]]
            places = {p for p in places if all(c in printed[row.file][p - 1] for c in cells)}
        if not places or row.page not in (None, *places):
            missing.append(row)
    assert sum(row.is_fault for row in rows()) == 300
    assert [row for row in missing if row.is_fault] == []
    assert len(missing) <= 0.01 * len(rows()), missing


def test_what_is_hidden_in_an_office_file_is_in_no_chunk(
    documents: dict[str, Path],
) -> None:
    sop, deck, book = load("sop_docx"), load("training_pptx"), load("alarms_xlsx")
    hidden = {
        "lt25-sop-014-coolant.docx": (sop.HIDDEN_RUN, sop.COMMENT),
        "rc15-lockout-training.pptx": (*deck.HIDDEN_SLIDE, *(notes for *_, notes in deck.SLIDES)),
        "bf12-alarms.xlsx": (book.HIDDEN_SHEET, "Factory test only", "Customer complained"),
        "hp40-bulletin-07.html": ("claim 1187", "stripped two threads"),
    }
    for name, texts in hidden.items():
        known = "\n".join(chunk.text for chunk in _chunks(documents[name]))
        assert [text for text in texts if text in known] == [], name
    known = "\n".join(chunk.text for chunk in _chunks(documents["lt25-sop-014-coolant.docx"]))
    assert sop.TEXT_BOX in known
    assert sop.FOOTNOTE in known


def test_codes_and_numbers_of_the_scanned_chapter_are_recognised(
    documents: dict[str, Path],
) -> None:
    recognised = "\n".join(c.text for c in _chunks(documents["cv40-faults-scan.pdf"]))
    wanted = Counter(_numbers(scanned_text()))
    found = Counter(_numbers(recognised))
    right = sum(min(count, found[number]) for number, count in wanted.items())
    assert sum(wanted.values()) > 80
    assert right / sum(wanted.values()) >= 0.97, wanted - found


# The tickets


def test_ticket_exports_are_what_the_readme_says(tmp_path: Path) -> None:
    exports = load("ticket_exports")
    truths = exports.write_all(tmp_path)
    assert exports.table(truths) in (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert all(30 <= truth.records <= 60 for truth in truths)


def test_ticket_exports_have_the_rows_and_the_dirt_that_is_said_of_them(tmp_path: Path) -> None:
    truths = {truth.name: truth for truth in load("ticket_exports").write_all(tmp_path)}
    sap = (tmp_path / "sap-meldungen.csv").read_bytes().decode("cp1252")
    lines = [line for line in csv.reader(io.StringIO(sap), delimiter=";") if line]
    assert len(lines) - 1 == truths["sap-meldungen.csv"].records
    assert [len(line) for line in lines].count(15) == 1  # the shifted one
    assert lines.count(lines[0]) == 2
    chinese = (tmp_path / "weixiu-2024.csv").read_bytes().decode("gb18030")
    assert len(list(csv.reader(io.StringIO(chinese)))) - 1 == truths["weixiu-2024.csv"].records
    old = (tmp_path / "tickets-utf16.tsv").read_bytes()
    assert old.startswith(b"\xff\xfe")
    rows_ = list(csv.reader(io.StringIO(old.decode("utf-16")), delimiter="\t"))
    assert len(rows_) - 1 == truths["tickets-utf16.tsv"].records
    sheet = load_workbook(tmp_path / "maximo-wo.xlsx").active
    assert sheet.max_row - 2 == truths["maximo-wo.xlsx"].records
    reported = [row[7].value for row in sheet.iter_rows(min_row=3)]
    assert sum(isinstance(value, float) for value in reported) > 30


def _tags() -> set[str]:
    with (EXAMPLES / "assets.csv").open(encoding="utf-8", newline="") as file:
        return {row["tag"] for row in csv.DictReader(file)}


def _chunks(path: Path) -> list[Chunk]:
    module, name = READERS[path.suffix.lower()].split(":")
    contents: Contents = getattr(import_module(module), name)(path)
    return cut(contents.blocks)[0]


def _known_rows(found: list[Chunk]) -> dict[tuple[tuple[str, ...], tuple[str, ...]], set[int]]:
    """The pages of each row, by header and cells without their spaces."""
    known: dict[tuple[tuple[str, ...], tuple[str, ...]], set[int]] = {}
    for chunk in found:
        for sentence in chunk.sentences:
            if sentence.kind == "row":
                key = (tuple(map(_folded, sentence.header)), tuple(map(_folded, sentence.cells)))
                known.setdefault(key, set()).add(sentence.page)
    return known


def _numbers(text: str) -> list[str]:
    """Codes, part numbers and quantities: what holds a digit."""
    return [word.strip(".,;:()") for word in text.split() if any(map(str.isdigit, word))]


def _folded(text: str) -> str:
    return "".join(text.replace("\ufffe", "").casefold().split())
