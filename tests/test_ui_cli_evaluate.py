"""Measuring on the command line, on benchmarks of a few lines."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from assistant.evaluation_sums import Scores
from tests.command_line import fail, succeed
from ui.schemas import RetrievalOut

pytest_plugins = ["tests.command_fixtures"]

_LONG_KIND = "code_altformat"


def _lines(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    path.write_text("\n".join(map(json.dumps, rows)) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def benchmark_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "tiny"
    folder.mkdir()
    corpus = {"d1": "alarm E-217", "d2": "alarm E-301", "d3": "seal"}
    _lines(
        folder / "corpus.jsonl",
        [{"_id": k, "title": f"PX-7 - {t}", "text": f"Cause: {t}"} for k, t in corpus.items()],
    )
    queries = [("q1", "E 217", _LONG_KIND), ("q2", "E-301", "code_only"), ("q3", "seal", "unused")]
    _lines(
        folder / "queries.jsonl",
        [{"_id": key, "text": text, "metadata": {"kind": kind}} for key, text, kind in queries],
    )
    # The judgement of q2 is wrong on purpose: its first passage cannot be the right one.
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td3\t1\n")
    _lines(folder / "negatives.jsonl", [{"_id": "n1", "text": "What does E-888 mean?"}])
    return folder


@pytest.mark.usefixtures("empty_home")
def test_retrieval_is_measured_for_every_kind_apart(benchmark_folder: Path) -> None:
    done = succeed("evaluate", "retrieval", benchmark_folder, "--json")
    result = RetrievalOut.model_validate_json(done.out)
    kinds = {kind.kind: kind for kind in result.kinds}
    assert set(kinds) == {_LONG_KIND, "code_only"}
    assert result.documents == 3
    assert (kinds[_LONG_KIND].hit_at_1, kinds[_LONG_KIND].mrr) == (1.0, 1.0)
    assert kinds["code_only"].hit_at_1 == 0.0
    assert kinds["code_only"].recall_at_10 == 1.0
    assert [(miss.query_id, miss.found, miss.wanted) for miss in result.misses] == [
        ("q2", "d2", ("d3",))
    ]
    assert (result.negatives, result.negatives_passed) == (1, 1)


@pytest.mark.usefixtures("empty_home")
def test_the_table_of_an_evaluation_fits_80_columns_with_nothing_cut(
    benchmark_folder: Path,
) -> None:
    out = succeed("evaluate", "retrieval", benchmark_folder).out
    assert f"│ {_LONG_KIND} │" in out
    assert "…" not in out
    assert max(map(len, out.splitlines())) <= 80
    assert "unknown codes said to be unknown: 1 of 1" in out
    header = next(line for line in out.splitlines() if "ndcg@10" in line)
    assert [cell.strip() for cell in header.strip("┃").split("┃")] == [
        "kind",
        "queries",
        "ndcg@10",
        "recall@10",
        "mrr",
        "hit@1",
        "p50/p95 ms",
    ]


def test_a_benchmark_is_measured_apart_from_the_home(
    benchmark_folder: Path, stocked_home: Path
) -> None:
    before = succeed("documents", "list", "--json").json()
    result = succeed("evaluate", "retrieval", benchmark_folder, "--json").json()
    assert result["documents"] == 3
    assert succeed("documents", "list", "--json").json() == before


@pytest.mark.usefixtures("empty_home")
@pytest.mark.parametrize("name", ["report.jsonl", "report.csv"])
def test_a_report_says_how_each_query_went(
    benchmark_folder: Path, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    succeed("evaluate", "retrieval", benchmark_folder, "--report", path)
    text = path.read_text(encoding="utf-8")
    if name.endswith("csv"):
        rows = list(csv.DictReader(text.splitlines()))
        found = [(row["query_id"], row["rank"], row["above"]) for row in rows]
        assert found == [("q1", "1", ""), ("q2", "3", "d2 d1")]
        assert rows[0]["paths"].startswith("code")
    else:
        objects = [json.loads(line) for line in text.splitlines()]
        found = [(row["query_id"], row["rank"], row["above"]) for row in objects]
        assert found == [("q1", 1, []), ("q2", 3, ["d2", "d1"])]
        assert objects[1]["wanted"] == ["d3"]
        assert objects[1]["code_status"] == "known"


@pytest.mark.usefixtures("empty_home")
def test_a_report_that_cannot_be_written_is_named(benchmark_folder: Path) -> None:
    path = benchmark_folder / "no" / "report.csv"
    message = fail("evaluate", "retrieval", benchmark_folder, "--report", path, code=2)
    assert "cannot be written" in message


@pytest.mark.usefixtures("empty_home")
def test_the_parts_of_the_search_and_groups_left_out_are_measured(benchmark_folder: Path) -> None:
    _lines(
        benchmark_folder / "queries.jsonl",
        [
            {"_id": "q1", "text": "E 217", "metadata": {"kind": "code", "device": "Acme PX"}},
            {"_id": "q2", "text": "E-301", "metadata": {"kind": "code", "device": "Bolt PX"}},
        ],
    )
    done = succeed(
        *("evaluate", "retrieval", benchmark_folder, "--ablation"),
        *("--leave-one-out", "vendor", "--json"),
    ).json()
    assert {row["name"] for row in done["ablation"]} >= {"codes only", "lexical", "dense", "all"}
    assert [row["name"] for row in done["held_out"]] == ["Acme", "Bolt"]
    assert done["held_out"][0]["hit_at_1"] == 1.0
    out = succeed("evaluate", "retrieval", benchmark_folder, "--leave-one-out", "vendor").out
    assert "without Acme: words" in out
    message = fail("evaluate", "retrieval", benchmark_folder, "--leave-one-out", "colour", code=2)
    assert "no two values of 'colour'" in message


@pytest.mark.usefixtures("empty_home")
def test_sets_that_use_the_same_ids_are_measured_in_one_index(
    benchmark_folder: Path, tmp_path: Path
) -> None:
    other = shutil.copytree(benchmark_folder, tmp_path / "other")
    corpus = (other / "corpus.jsonl").read_text(encoding="utf-8")
    (other / "corpus.jsonl").write_text(corpus.replace("PX-7", "QX-8"), encoding="utf-8")
    (other / "queries.jsonl").write_text(
        '{"_id": "q1", "text": "QX-8 E 217", "metadata": {"kind": "code"}}\n', encoding="utf-8"
    )
    rows = succeed("evaluate", "together", benchmark_folder, other, "--json").json()
    found = {(r["folder"], r["kind"]): (r["hit_at_1_alone"], r["hit_at_1_together"]) for r in rows}
    assert found["other", "code"] == (1.0, 1.0)
    assert found["tiny", "code_only"] == (0.0, 0.0)
    assert "hit@1 alone" in succeed("evaluate", "together", benchmark_folder, other).out


@pytest.mark.usefixtures("stocked_home")
def test_the_place_of_the_right_page_is_measured_and_what_is_above_listed(tmp_path: Path) -> None:
    questions = [
        _golden(),
        _golden(id="g2", pages=[99]),
        _golden(id="g3", question="E-999 on CP-01", pages=[], facts=[], answerable=False),
    ]
    path = _lines(tmp_path / "golden.jsonl", questions)
    result = succeed("evaluate", "pages", path, "--json").json()
    assert (result["questions"], result["places"], result["share"]) == (2, 3, 0.5)
    (miss,) = result["misses"]
    assert (miss["id"], miss["rank"], miss["wanted"]) == ("g2", 0, "PX7-MM p. 99")
    assert miss["above"][0].startswith("PX7-MM p. 1")
    out = succeed("evaluate", "pages", path).out
    assert "2 questions; right page among the first 3: 0.500" in out
    assert "miss g2: PX7-MM p. 99 not found" in out


@pytest.mark.usefixtures("empty_home")
@pytest.mark.parametrize("name", ["corpus.jsonl", "queries.jsonl", "qrels.tsv"])
def test_a_benchmark_that_lacks_a_file_is_refused_with_its_name(
    benchmark_folder: Path, name: str
) -> None:
    (benchmark_folder / name).unlink()
    assert str(benchmark_folder / name) in fail("evaluate", "retrieval", benchmark_folder)


@pytest.mark.usefixtures("empty_home")
def test_a_line_that_is_not_json_is_named_by_its_number(benchmark_folder: Path) -> None:
    with (benchmark_folder / "corpus.jsonl").open("a", encoding="utf-8") as file:
        file.write("{broken\n")
    message = fail("evaluate", "retrieval", benchmark_folder)
    assert f"{benchmark_folder / 'corpus.jsonl'}, line 4" in message


def _golden(**changes: Any) -> dict[str, Any]:
    return {
        "id": "g1",
        "kind": "code",
        "question": "CP-01 shows E-217",
        "asset": None,
        "document": "PX7-MM",
        "pages": [1],
        "facts": ["Fan does not turn"],
        "warnings": [],
        "answerable": True,
    } | changes


@pytest.mark.usefixtures("stocked_home")
def test_answers_are_measured_and_what_is_missed_is_listed(tmp_path: Path) -> None:
    questions = [
        _golden(),
        _golden(id="g2", facts=["Fan does not turn", "Pray"]),
        _golden(id="g3", question="E-999 on CP-01", pages=[], facts=[], answerable=False),
    ]
    path = _lines(tmp_path / "golden.jsonl", questions)
    done = succeed("evaluate", "answers", path, "--llm", "none", "--json")
    scores = Scores.model_validate_json(done.out)
    assert (scores.questions, scores.answerable, scores.model) == (3, 2, "none")
    assert scores.facts_shown == pytest.approx(2 / 3)
    assert scores.page_right == 1.0
    assert scores.refused_rightly == 1.0
    assert [miss.id for miss in scores.misses] == ["g2"]
    out = succeed("evaluate", "answers", path, "--llm", "none").out
    assert "3 questions, 2 answerable; model: none" in out
    assert "miss g2 (code, grounded): Pray" in out
    assert "facts_shown          0.667" in out


@pytest.mark.usefixtures("stocked_home")
def test_a_file_of_questions_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "no.jsonl"
    assert f"{path} cannot be read: No such file" in fail("evaluate", "answers", path)


@pytest.mark.usefixtures("stocked_home")
def test_a_malformed_question_is_named_by_its_line_and_field(tmp_path: Path) -> None:
    rows = [_golden(), _golden(id="g2", pages="one")]
    path = _lines(tmp_path / "golden.jsonl", rows)
    message = fail("evaluate", "answers", path, "--llm", "none")
    assert f"{path}, line 2: pages" in message


@pytest.mark.usefixtures("stocked_home")
def test_an_unknown_choice_of_model_is_wrong_usage(tmp_path: Path) -> None:
    message = fail("evaluate", "answers", tmp_path, "--llm", "gpt", code=2)
    assert "'gpt' is none of 'auto', 'none'" in message
