"""Pages that were recognised before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from index.access import LOCAL
from index.caches import Caches
from index.catalog import Catalog
from index.home import Home
from ingest.readers.ocr_cache import OcrCache
from ingest.tagging import Stated
from tests.hash_embedder import HashEmbedder
from tests.ingesting import curator_of, worker_of

_WHITE = np.full((20, 30), 255, np.uint8)
_GREY = np.full((20, 30), 200, np.uint8)


class _Recogniser:
    """Counts how often it is asked."""

    asked = 0

    def __call__(self) -> list[str]:
        self.asked += 1
        return [f"text {self.asked}", "主轴"]


def test_a_picture_is_recognised_once(tmp_path: Path) -> None:
    recognise = _Recogniser()
    for _ in range(2):  # the second one is another process
        cache = OcrCache(tmp_path / "recognised.db")
        assert cache.recall(_WHITE, "1", recognise) == ["text 1", "主轴"]
    assert recognise.asked == 1


@pytest.mark.parametrize(
    ("picture", "version"), [(_GREY, "1"), (_WHITE, "2"), (_WHITE.reshape(30, 20), "1")]
)
def test_another_picture_or_recogniser_is_asked_anew(
    tmp_path: Path, picture: np.ndarray, version: str
) -> None:
    recognise = _Recogniser()
    cache = OcrCache(tmp_path / "recognised.db")
    cache.recall(_WHITE, "1", recognise)
    assert cache.recall(picture, version, recognise) == ["text 2", "主轴"]


@pytest.mark.parametrize("damage", [b"", b"not a database" * 100])
def test_a_damaged_file_costs_time_only(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "recognised.db"
    path.write_bytes(damage)
    assert OcrCache(path).recall(_WHITE, "1", _Recogniser()) == ["text 1", "主轴"]


def test_a_file_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    cache = OcrCache(tmp_path / "missing" / "recognised.db")
    assert cache.recall(_WHITE, "1", _Recogniser()) == ["text 1", "主轴"]


def test_the_least_lately_used_go(tmp_path: Path) -> None:
    path, recognise = tmp_path / "recognised.db", _Recogniser()
    for grey in (10, 20, 30):
        OcrCache(path, 2).recall(np.full((4, 4), grey, np.uint8), "1", recognise)
    OcrCache(path, 2).recall(np.full((4, 4), 20, np.uint8), "1", recognise)  # drops the first
    assert recognise.asked == 3
    OcrCache(path, 2).recall(np.full((4, 4), 10, np.uint8), "1", recognise)
    assert recognise.asked == 4


def test_nothing_recognised_is_left_of_a_deleted_scan(
    tmp_path: Path, catalog: Catalog, embedder: HashEmbedder
) -> None:
    home = Home(tmp_path / "home")
    path = tmp_path / "plate.png"
    picture = Image.new("L", (900, 300), 255)
    font = ImageFont.load_default(40)
    ImageDraw.Draw(picture).text((40, 100), "Check the oil of pump 4711.", 0, font)
    picture.save(path)
    worker = worker_of(home, catalog, embedder)
    (report,) = worker.ingest(LOCAL, [path], Stated(), lambda *_: None)
    assert report.outcome == "added", report.reason
    assert b"pump 4711" in home.recognised.read_bytes()
    (document,) = catalog.documents(LOCAL)
    caches = Caches(catalog, embedder, home.cache)
    deletion = curator_of(home, catalog).delete(LOCAL, document.document_id, lambda: caches)
    assert not any(deletion.traces.values())
    assert not home.recognised.exists()
