"""What ``evaluate retrieval`` does beside its table: groups, the report of each query, tables."""

from __future__ import annotations

import csv
import json
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import typer

from index.evaluation import QueryResult
from index.ranking import Ranking
from index.ranking_trials import ABLATION, HeldOut, Trial, hold_out, score_by_kind
from index.reranking import Reranker
from ui.cli.console import print_table
from ui.evaluation_schemas import TrialOut

_COLUMNS = ("query_id", "kind", "query", "rank", "above", "wanted", "paths", "code_status", "ms")


def read_groups(folder: Path, field: str, folds: int) -> dict[str, str]:
    """The group of each query: the value of a field of its metadata.

    "vendor" is the first word of the device where the metadata name no vendor. With ``folds`` the
    values are dealt into so many groups, always in the same way.
    """
    groups: dict[str, str] = {}
    path = folder / "queries.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip():
            row = json.loads(line)
            metadata = row.get("metadata") or {}
            value = str(metadata.get(field) or "")
            if not value and field == "vendor":
                value = str(metadata.get("device") or "").partition(" ")[0]
            if value:
                groups[str(row["_id"])] = value
    if len(set(groups.values())) < 2:
        raise typer.BadParameter(
            f"the queries of {path} have no two values of {field!r}", param_hint="--leave-one-out"
        )
    if folds:
        groups = {
            key: f"fold {zlib.crc32(value.encode()) % folds + 1}" for key, value in groups.items()
        }
    return groups


def write_report(path: Path, results: Sequence[QueryResult]) -> None:
    """Write a row for each query: CSV where the name ends so, else one JSON object a line."""
    rows = [
        dict(
            zip(
                _COLUMNS,
                (
                    result.query.query_id,
                    result.query.kind,
                    result.query.text,
                    result.rank,
                    list(result.above),
                    list(result.query.judgements),
                    list(result.paths),
                    result.code_status,
                    round(result.latency_ms, 1),
                ),
                strict=True,
            )
        )
        for result in results
    ]
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            if path.suffix.casefold() == ".csv":
                writer = csv.writer(file)
                writer.writerow(_COLUMNS)
                for row in rows:
                    writer.writerow(
                        " ".join(map(str, value)) if isinstance(value, list) else value
                        for value in row.values()
                    )
            else:
                file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    except OSError as error:
        raise typer.BadParameter(
            f"{path} cannot be written: {error.strerror}", param_hint="--report"
        ) from error


def ablation(trials: Sequence[Trial], reranker: Reranker | None) -> list[TrialOut]:
    """Score every ablation, and the whole with the reranker where there is one."""
    rows: list[TrialOut] = []
    for name, ranking in ABLATION.items():
        rows += TrialOut.of(name, score_by_kind(trials, ranking))
    if reranker is not None:
        rows += TrialOut.of("reranked", score_by_kind(trials, ABLATION["all"], reranker))
    return rows


def held_out(trials: Sequence[Trial], groups: Mapping[str, str]) -> list[tuple[HeldOut, str]]:
    """Scores of each group with a ranking that was chosen on the others, and that ranking."""
    return [(found, _described(found.ranking)) for found in hold_out(trials, groups)]


def print_trials(title: str, rows: Sequence[TrialOut]) -> None:
    """Print a row for each ranking and kind."""
    print_table(
        title,
        ("ranking", "kind", "queries", "ndcg@10", "hit@1", "ms"),
        [
            (
                row.name,
                row.kind,
                row.queries,
                f"{row.ndcg_at_10:.3f}",
                f"{row.hit_at_1:.3f}",
                f"{row.milliseconds:.0f}",
            )
            for row in rows
        ],
    )


def _described(ranking: Ranking) -> str:
    sizes = {**ranking.weights, "message": ranking.message, "section": ranking.section}
    sizes["neighbours"] = ranking.neighbours
    return ", ".join(f"{name} {size:g}" for name, size in sizes.items())
