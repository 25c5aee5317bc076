"""The figures of all questions over the sample plant are shown, drawn and written to files."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from assistant.analytics.engine import FigureEngine
from assistant.analytics.presentation.chart import chart_of
from assistant.analytics.presentation.drawing import Box, Dot, Word, draw
from assistant.analytics.presentation.drawing import Path as Line
from assistant.analytics.presentation.files import file_of
from assistant.analytics.presentation.svg import svg_of
from assistant.analytics.presentation.words import sentence
from assistant.analytics.query import Query
from index.access import LOCAL
from index.facts.record import Record
from ingest.plant_files import PlantFiles
from tests.conftest import Plant
from ui.figures.edits import edited, without
from ui.figures.figure_html import defence_html, figure_html, group_of, table_html
from ui.figures.query_html import chips_html
from ui.figures.saved_html import query_words

_FILE = Path(__file__).with_name("data") / "record_questions.jsonl"
_LINES = [json.loads(line) for line in _FILE.read_text(encoding="utf-8").splitlines()]
QUESTIONS = {line["id"]: line for line in _LINES}


@pytest.fixture(scope="module")
def engine(plant: Plant) -> FigureEngine:
    return FigureEngine(Record(plant.catalog.engine, PlantFiles(plant.home)))


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_figure_is_shown_drawn_and_written(engine: FigureEngine, name: str) -> None:
    query = Query.model_validate(QUESTIONS[name]["query"])
    figure = engine.answer(query, LOCAL)
    for language in ("en", "zh"):
        said = sentence(figure, language)
        assert said.endswith("。" if language == "zh" else ".")
        assert "None" not in said
        assert "\n" not in said
    html = figure_html(figure) + table_html(figure) + defence_html(figure) + chips_html(query)
    assert not re.search(
        r"\bNone\b|\bnan\b",
        re.sub(r"<[^>]*>|<pre>.*?</pre>", " ", html, flags=re.S).split("SQL")[0],
    )
    assert file_of(figure, "csv").count(b"\r\n") >= len(figure.rows) + 1
    assert query_words(query)
    chart = chart_of(figure)
    if chart is None:
        assert figure.chart == "none" or len(figure.rows) < 2
        return
    drawing = draw(chart)
    ElementTree.fromstring(svg_of(drawing, said))
    for shape in drawing.shapes:
        if isinstance(shape, Box | Dot | Word):
            assert 0 <= shape.x <= drawing.width, shape
            assert -1 <= shape.y <= drawing.height, shape
        if isinstance(shape, Line):
            assert all(
                0 <= x <= drawing.width and 0 <= y <= drawing.height for x, y in shape.points
            )


@pytest.mark.parametrize("name", ["q01", "q04", "q19", "q25", "q27", "q31", "c10"])
def test_a_chart_is_a_picture(engine: FigureEngine, name: str) -> None:
    figure = engine.answer(Query.model_validate(QUESTIONS[name]["query"]), LOCAL)
    assert file_of(figure, "png").startswith(b"\x89PNG")
    assert file_of(figure, "xlsx").startswith(b"PK")


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_controls_leave_a_query_as_it_is(name: str) -> None:
    query = Query.model_validate(QUESTIONS[name]["query"])
    same = edited(
        query,
        query.metric,
        list(query.dims),
        query.time.range,
        query.compare.to if query.compare else "",
        query.order or "",
        str(query.limit or ""),
    )
    assert same == query
    for number in range(len(query.filters)):
        assert len(without(query, f"filter-{number}").filters) == len(query.filters) - 1


@pytest.mark.parametrize("name", ["q02", "q18", "q31", "q38"])
def test_each_row_leads_to_its_tickets(engine: FigureEngine, name: str) -> None:
    query = Query.model_validate(QUESTIONS[name]["query"])
    figure = engine.answer(query, LOCAL)
    for row in range(min(3, len(figure.rows))):
        group = group_of(figure, row)
        assert group is not None
        assert engine.tickets(query, LOCAL, group, 0, 5)
