"""Make a generation from SQL: rows to disk, lists learned, recall measured, all of it flushed.

How many lists a search looks into is the least power of 2 with which it finds, of the ten nearest
rows, the share that is wanted: both for rows of the plant and for points half-way between two of
them. For rows alone far fewer lists would do, but a question lies between passages: over a million
rows those few then found 0.73 of what they should. Where no share of the lists that is worth it is
enough, the generation has none, and search goes over all rows.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from index.catalog import Catalog
from index.generation import Generation
from index.steps import step
from index.vector_files import (
    CHUNKS,
    LISTS,
    REVISIONS,
    ROWS,
    FileWriter,
    Manifest,
    RowFile,
    write_manifest,
)
from index.vector_lists import VectorLists, sample_size
from index.vector_rows import read_rows, text_hashes

RECALL = 0.98
"""Of the ten true nearest rows, the share that a search must find."""

_QUERIES = 100  # of each of the two kinds
_BLOCK = 8_192
_WITNESSES = 64
_SEED = 5

GoOn = Callable[[], None]
"""Called every few seconds; what it raises ends the building."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What a search was measured to find."""

    probes: int
    recall: float
    recall_100: float
    queries: int


def build(
    catalog: Catalog,
    embedder: str,
    dimension: int,
    draft: Path,
    go_on: GoOn,
    *,
    is_plain: bool = False,
) -> Manifest:
    """Write a generation of all vectors of an embedder into an empty folder.

    One that ``is_plain`` gets no lists, which takes a tenth of the time.

    Raises:
        OSError: the disk is full or does not take it; the folder is then of no use.
    """
    sequence = catalog.sequence()  # first: what changes from here on is applied after it
    files, chunk_of = _write_rows(catalog.engine, embedder, dimension, draft, go_on)
    step("generation rows written")
    chance = np.random.default_rng(_SEED)
    rows = RowFile(draft / ROWS, dimension)
    try:
        lists = 0
        if len(chunk_of) and not is_plain:
            lists = _write_lists(rows, len(chunk_of), draft, files, chance, go_on)
    finally:
        rows.close()
    manifest = Manifest(
        uid=catalog.uid(),
        embedder=embedder,
        dimension=dimension,
        sequence=sequence,
        rows=len(chunk_of),
        chunks=len(np.unique(chunk_of)),
        lists=lists,
        probes=0,
        recall=1.0,
        recall_100=1.0,
        measured=0,
        witnesses=_witnesses(catalog.engine, chunk_of, chance),
        files=files,
        is_plain=is_plain,
    )
    if lists:
        manifest = _measured(draft, manifest, chance, go_on)
    step("before generation manifest")
    write_manifest(draft, manifest)
    step("generation written")
    return manifest


def _write_rows(
    engine: sa.Engine, embedder: str, dimension: int, draft: Path, go_on: GoOn
) -> tuple[dict[str, list[object]], np.ndarray]:
    rows, chunks = FileWriter(draft / ROWS), FileWriter(draft / CHUNKS)
    revisions = FileWriter(draft / REVISIONS)
    ids: list[np.ndarray] = [np.empty(0, np.int64)]
    counts: dict[int, int] = {}
    try:
        for chunk_ids, revision_ids, vectors in read_rows(engine, embedder, dimension):
            go_on()
            rows.write(np.ascontiguousarray(vectors, "<f4").data)
            chunks.write(chunk_ids.astype("<i8").data)
            ids.append(chunk_ids)
            own, number = np.unique(revision_ids, return_counts=True)
            for revision, count in zip(own.tolist(), number.tolist(), strict=True):
                counts[revision] = counts.get(revision, 0) + count
        pairs = np.array(sorted(counts.items()), "<i8").reshape(-1, 2)
        revisions.write(pairs.tobytes())
        files = {
            ROWS: rows.finish(),
            CHUNKS: chunks.finish(),
            REVISIONS: revisions.finish(),
        }
    finally:
        for writer in (rows, chunks, revisions):
            writer.abandon()
    return files, np.concatenate(ids)


def _write_lists(
    rows: RowFile,
    count: int,
    draft: Path,
    files: dict[str, list[object]],
    chance: np.random.Generator,
    go_on: GoOn,
) -> int:
    """Write the FAISS file and return how many lists it has."""
    chosen = np.sort(chance.choice(count, sample_size(count), replace=False))
    lists = VectorLists.learn(rows.take(chosen), count, go_on)
    for block in _read(rows, count):
        go_on()
        lists.add(block)
    writer = FileWriter(draft / LISTS)
    try:
        lists.write(writer.write)
        files[LISTS] = writer.finish()
    finally:
        writer.abandon()
    step("generation lists written")
    return lists.count


def _read(rows: RowFile, count: int) -> Iterator[np.ndarray]:
    for start in range(0, count, _BLOCK):
        yield rows.spans(np.array([[start, min(count, start + _BLOCK)]], np.int64))


def _witnesses(
    engine: sa.Engine, chunk_of: np.ndarray, chance: np.random.Generator
) -> dict[str, list[str]]:
    """Chunks whose texts tell this course of history from another one.

    Half are the last ones: another course that begins at a backup differs in those.
    """
    known = np.unique(chunk_of)
    if not len(known):
        return {}
    last = known[-_WITNESSES // 2 :]
    others = chance.choice(known, min(len(known), _WITNESSES // 2), replace=False)
    hashes = text_hashes(engine, sorted({*last.tolist(), *others.tolist()}))
    return {str(chunk_id): found for chunk_id, found in hashes.items()}


def _measured(
    draft: Path, manifest: Manifest, chance: np.random.Generator, go_on: GoOn
) -> Manifest:
    """Choose how many lists are looked into, by what is then found."""
    write_manifest(draft, manifest)  # so that what is measured is what will be read
    generation = Generation(draft)
    try:
        found = _search_measured(generation, chance, go_on)
    finally:
        generation.close()
    (draft / "manifest.json").unlink()
    if found.recall >= RECALL:
        return replace(
            manifest,
            probes=found.probes,
            recall=found.recall,
            recall_100=found.recall_100,
            measured=found.queries,
        )
    (draft / LISTS).unlink()
    files = {name: value for name, value in manifest.files.items() if name != LISTS}
    return replace(manifest, lists=0, files=files)


def _search_measured(generation: Generation, chance: np.random.Generator, go_on: GoOn) -> _Found:
    count = len(generation)
    picked = [chance.choice(count, min(_QUERIES, count), replace=False) for _ in range(3)]
    own = generation.rows_at(picked[0])
    between = generation.rows_at(picked[1]) + generation.rows_at(picked[2])
    between /= np.maximum(np.linalg.norm(between, axis=1, keepdims=True), 1e-9)
    queries = np.concatenate([own, between])
    truth = _truth(generation, queries, go_on)
    itself = np.concatenate([picked[0], np.full(len(between), -1)])  # is no find
    truth = np.where(itself[:, None] >= 0, truth[:, 1:], truth[:, :-1])
    most = generation.manifest.lists // 4
    probes = 1
    while True:
        go_on()
        shares = np.empty((2, len(queries)))
        for row, (position, query) in enumerate(zip(itself.tolist(), queries, strict=True)):
            for kind, k in enumerate((10, 100)):
                wanted = k + k // 2 + 16
                at, scores = generation.probed(query, wanted, generation.whole, None, probes)
                shares[kind, row] = _share(scores[at != position], truth[row], k)
        ten, hundred = (
            min(float(row[: len(own)].mean()), float(row[len(own) :].mean())) for row in shares
        )
        if ten >= RECALL or probes >= most:
            return _Found(probes, round(ten, 4), round(hundred, 4), len(queries))
        probes *= 2


def _truth(generation: Generation, queries: np.ndarray, go_on: GoOn) -> np.ndarray:
    """The cosines of the 101 nearest rows of each query, the best first."""
    best = np.full((len(queries), 101), -np.inf, np.float32)
    for start in range(0, len(generation), _BLOCK):
        go_on()
        stop = min(len(generation), start + _BLOCK)
        scores = queries @ generation.rows_at(np.arange(start, stop)).T
        best = -np.sort(-np.concatenate([best, scores], axis=1), axis=1)[:, :101]
    return best


def _share(scores: np.ndarray, best: np.ndarray, k: int) -> float:
    """Of the true k nearest, the share that is found; equal cosines are equal."""
    true = best[:k]
    true = true[np.isfinite(true)]
    if not len(true):
        return 1.0
    found = int((scores[: len(true)] >= true[-1] - 1e-6).sum())
    return found / len(true)


def remove_draft(draft: Path) -> None:
    """Remove a folder that came to nothing."""
    shutil.rmtree(draft, ignore_errors=True)
