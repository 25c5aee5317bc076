"""Reading a retrieval benchmark."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ingest.beir import read_corpus, read_negatives, read_queries
from ingest.errors import UnreadableDocument
from tests.components import bench_folder


@pytest.fixture
def benchmark_folder(tmp_path: Path) -> Path:
    """A benchmark of two devices, one of them with a long passage."""
    _lines(
        tmp_path / "corpus.jsonl",
        {"_id": "p1", "title": "HP-40 - Alarms - Alarm E-217", "text": "Oil\n hot. Stop."},
        {"_id": "p2", "title": "RC-15 - Care", "text": "Turn the bolt. " * 60},
        {"_id": "p3", "title": "HP-40 - Alarms - Alarm E-218", "text": ""},
    )
    _lines(
        tmp_path / "queries.jsonl",
        {"_id": "q1", "text": "E-217?", "metadata": {"kind": "code"}},
        {"_id": "q2", "text": "bolt?"},
        {"_id": "q3", "text": "not judged"},
    )
    (tmp_path / "qrels.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\tp1\t2\nq1\tp3\t1\nq2\tp2\t1\n", encoding="utf-8"
    )
    return tmp_path


def _lines(path: Path, *rows: dict[str, object]) -> None:
    path.write_text("\n".join(map(json.dumps, rows)) + "\n\n", encoding="utf-8")


def test_passages_become_documents_by_device_with_their_keys(benchmark_folder: Path) -> None:
    press, compressor = read_corpus(benchmark_folder)
    assert (press.document.title, compressor.document.title) == ("HP-40", "RC-15")
    assert [(c.key, c.heading_path, c.text) for c in press.chunks] == [
        ("p1", ("Alarms", "Alarm E-217"), "Oil hot.\nStop."),
        ("p3", ("Alarms", "Alarm E-218"), "(empty)"),
    ]
    assert [(e.code, e.device) for e in press.codes] == [("E-217", "HP-40"), ("E-218", "HP-40")]
    assert [chunk.ordinal for chunk in compressor.chunks] == [0, 1]
    assert {chunk.key for chunk in compressor.chunks} == {"p2"}
    assert press.content_hash != compressor.content_hash


def test_a_title_without_a_device_belongs_to_the_folder(tmp_path: Path) -> None:
    _lines(tmp_path / "corpus.jsonl", {"_id": "p", "title": "Setup > Sound", "text": "Press OK."})
    (knowledge,) = read_corpus(tmp_path)
    assert knowledge.document.title == tmp_path.name
    assert knowledge.chunks[0].heading_path == ("Setup", "Sound")


def test_queries_without_judgements_are_left_out(benchmark_folder: Path) -> None:
    first, second = read_queries(benchmark_folder)
    assert (first.query_id, first.kind, first.judgements) == ("q1", "code", {"p1": 2, "p3": 1})
    assert (second.query_id, second.kind, second.judgements) == ("q2", "query", {"p2": 1})


def test_negatives_are_optional(benchmark_folder: Path) -> None:
    assert read_negatives(benchmark_folder) == []
    _lines(benchmark_folder / "negatives.jsonl", {"_id": "n", "text": "E-999?"})
    (negative,) = read_negatives(benchmark_folder)
    assert (negative.text, negative.judgements) == ("E-999?", {})


def test_a_missing_or_malformed_file_is_named_with_its_line(benchmark_folder: Path) -> None:
    with pytest.raises(UnreadableDocument, match=r"none/corpus\.jsonl cannot be read: .* holds"):
        read_corpus(benchmark_folder / "none")
    (benchmark_folder / "corpus.jsonl").write_text('{"_id": "p"\n', encoding="utf-8")
    with pytest.raises(UnreadableDocument, match=r"corpus\.jsonl, line 1: "):
        read_corpus(benchmark_folder)
    (benchmark_folder / "qrels.tsv").write_text("head\nq1\tp1\n", encoding="utf-8")
    with pytest.raises(UnreadableDocument, match=r"qrels\.tsv is not a table of judgements"):
        read_queries(benchmark_folder)


@pytest.mark.parametrize(
    "row",
    ['["a list"]', '{"title": "no id or text"}', '{"_id": "p", "title": "t"}', '"text"', "\\u00ff"],
)
def test_a_row_of_another_shape_is_refused(benchmark_folder: Path, row: str) -> None:
    (benchmark_folder / "corpus.jsonl").write_text(row + "\n", encoding="utf-8")
    with pytest.raises(UnreadableDocument, match=r"corpus\.jsonl, line 1"):
        read_corpus(benchmark_folder)


def test_bytes_that_are_no_utf_8_are_refused(benchmark_folder: Path) -> None:
    (benchmark_folder / "corpus.jsonl").write_bytes(b'{"_id": "\xff"}\n')
    with pytest.raises(UnreadableDocument, match=r"corpus\.jsonl"):
        read_corpus(benchmark_folder)


@pytest.mark.bench_data
@pytest.mark.parametrize("name", ["fault_codes", "fault_codes_zh", "manual_qa_tv"])
def test_every_passage_of_the_benchmarks_is_in_and_every_judgement_is_answered(name: str) -> None:
    folder = bench_folder() / name
    ids = {
        str(json.loads(line)["_id"])
        for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()
    }
    keys = {chunk.key for knowledge in read_corpus(folder) for chunk in knowledge.chunks}
    assert keys == ids
    queries = read_queries(folder)
    assert queries
    assert all(set(query.judgements) <= ids for query in queries)
