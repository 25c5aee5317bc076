"""Charts, sentences and files of figures."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
from PIL import Image

from assistant.analytics.figure import Column, Figure
from assistant.analytics.presentation.amounts import amount, number
from assistant.analytics.presentation.chart import MOST_CATEGORIES, chart_of
from assistant.analytics.presentation.drawing import Box, Dot, Path, draw
from assistant.analytics.presentation.files import about, file_name, file_of
from assistant.analytics.presentation.labels import (
    metric_label,
    name_label,
    range_label,
)
from assistant.analytics.presentation.scale import scale_of
from assistant.analytics.presentation.svg import svg_of
from assistant.analytics.presentation.words import as_of_words, language_of, sentence
from assistant.analytics.query import DIMENSIONS, FIELDS, METRICS, Comparison, Query, TimeRange
from tests import figures
from tests.figures import ASSETS, FAILURES, figure

SHARES = Column(name="failure_count.cumulative", label="Cumulative", unit="%")
MONTHS = Column(name="month", label="Month", kind="time")


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (7, "", "7"),
        (1234.0, "", "1,234"),
        (83.456, "h", "83.5 h"),
        (2.5, "h", "2.5 h"),
        (0.123456, "h", "0.123 h"),
        (0, "h", "0 h"),
        (12.5, "%", "12.5%"),
        (7.881, "%", "7.9%"),
        (1234.5, "EUR", "1,234.50 EUR"),
        (None, "h", "unknown"),
    ],
)
def test_a_number_is_written_with_its_unit(value: float | None, unit: str, text: str) -> None:
    assert amount(value, unit) == text


def test_what_is_endless_is_no_number() -> None:
    assert number(float("nan")) == "unknown"


@pytest.mark.parametrize("top", [1, 2, 3, 4, 5, 7, 9, 12, 30, 61])
def test_no_axis_of_counts_has_half_a_ticket(top: int) -> None:
    scale = scale_of([float(top)], is_whole=True)
    assert all(tick.is_integer() for tick in scale.ticks)
    assert scale.ticks[0] == 0
    assert scale.high >= top
    assert len(scale.ticks) <= 8


def test_an_axis_holds_negative_and_no_values() -> None:
    scale = scale_of([-3.0, 4.0], is_whole=False)
    assert scale.low <= -3
    assert scale.high >= 4
    assert 0.0 in scale.ticks
    assert scale_of([], is_whole=True).high == 1


def test_every_bar_names_its_row_and_missing_is_no_bar() -> None:
    chart = chart_of(figure())
    assert chart is not None
    assert chart.is_whole
    shapes = draw(chart).shapes
    hits = [shape for shape in shapes if isinstance(shape, Box) and shape.row >= 0]
    assert [hit.row for hit in hits] == [0, 1, 2]
    assert hits[0].words == "PRESS-2: 7"
    assert hits[2].words == "=cmd(): unknown"
    seen = [shape for shape in shapes if isinstance(shape, Box) and shape.colour]
    assert len(seen) == 2
    assert seen[0].height > 2 * seen[1].height


def test_a_pareto_has_its_cumulative_line_against_the_right_axis() -> None:
    rows = (("leak", 6, 60.0), ("jam", 3, 90.0), ("other", 1, 100.0))
    shown = figure(columns=(ASSETS, FAILURES, SHARES), rows=rows, chart="pareto")
    chart = chart_of(shown)
    assert chart is not None
    assert [one.is_share for one in chart.series] == [False, True]
    shapes = draw(chart).shapes
    (line,) = (s for s in shapes if isinstance(s, Path) and len(s.points) == 3)
    heights = [y for _, y in line.points]
    assert heights == sorted(heights, reverse=True)
    assert len([s for s in shapes if isinstance(s, Dot)]) == 3


def test_a_line_breaks_where_nothing_is_known() -> None:
    query = Query(metrics=("failure_count",), dims=("month",))
    rows = (("2026-01", 2), ("2026-02", None), ("2026-03", 4), ("2026-04", 5))
    chart = chart_of(figure(query, columns=(MONTHS, FAILURES), rows=rows, chart="line"))
    assert chart is not None
    paths = [s for s in draw(chart).shapes if isinstance(s, Path) and s.width > 2]
    assert [len(path.points) for path in paths] == [2]


def test_two_dimensions_become_series() -> None:
    query = Query(metrics=("failure_count",), dims=("month", "asset"))
    rows = (("2026-02", "A", 2), ("2026-01", "A", 1), ("2026-01", "B", 4))
    shown = figure(query, columns=(MONTHS, ASSETS, FAILURES), rows=rows, chart="line")
    chart = chart_of(shown)
    assert chart is not None
    assert chart.categories == ("2026-01", "2026-02")
    assert [one.name for one in chart.series] == ["A", "B"]
    assert [p and p.row for p in chart.series[0].points] == [1, 0]
    assert chart.series[1].points[1] is None


def test_a_comparison_stands_beside() -> None:
    before = Column(name="failure_count.compared", label="Before")
    change = Column(name="failure_count.change", label="Change", unit="%")
    shown = figure(
        columns=(ASSETS, FAILURES, before, change),
        rows=(("PR-02", 3, 2, 50.0),),
        chart="grouped_bar",
    )
    chart = chart_of(shown)
    assert chart is not None
    assert [one.name for one in chart.series] == ["Failures", "Before"]


def test_one_number_and_what_it_is_compared_with_are_two_bars() -> None:
    columns = (
        Column(name="downtime_h", label="Downtime", unit="h"),
        Column(name="downtime_h.compared", label="Downtime, compared", unit="h"),
        Column(name="downtime_h.change", label="Change", unit="h"),
    )
    rows = ((8.5, 10.0, -1.5),)
    chart = chart_of(figures.number(columns=columns, rows=rows, chart="bar"))
    assert chart is not None
    assert chart.categories == ("Downtime", "Downtime, compared")
    assert [p and p.value for p in chart.series[0].points] == [8.5, 10.0]
    assert chart_of(figures.number(chart="bar")) is None
    before = figures.PERIOD.model_copy(
        update={"text": "September 2026 (all)", "start": datetime(2026, 9, 1, tzinfo=UTC)}
    )
    periods = (figures.PERIOD, before)
    chart = chart_of(figures.number(columns=columns, rows=rows, chart="bar", periods=periods))
    assert chart is not None
    assert chart.categories == ("September 2026", "last month")
    assert [p and p.value for p in chart.series[0].points] == [10.0, 8.5]


def test_a_dimension_of_numbers_is_a_category() -> None:
    query = Query(metrics=("failure_count",), dims=("priority",))
    column = Column(name="priority", label="Priority")
    chart = chart_of(figure(query, columns=(column, FAILURES), rows=((1, 4), (2, 9))))
    assert chart is not None
    assert chart.categories == ("1", "2")
    assert [p and p.value for p in chart.series[0].points] == [4, 9]


def test_what_does_not_fit_is_counted() -> None:
    rows = tuple((f"M-{i}", i) for i in range(MOST_CATEGORIES + 5))
    chart = chart_of(figure(rows=rows))
    assert chart is not None
    assert (len(chart.categories), chart.left_out) == (MOST_CATEGORIES, 5)


@pytest.mark.parametrize("changes", [{"chart": "none"}, {"rows": ()}])
def test_without_rows_or_a_kind_there_is_no_chart(changes: dict[str, Any]) -> None:
    assert chart_of(figure(**changes)) is None


def test_the_svg_is_well_formed_whatever_a_machine_is_called() -> None:
    rows = (('<script>alert("1")</script>', 2), ("a\x00b\u202e&", 1), ("包装线三号", 4))
    chart = chart_of(figure(rows=rows))
    assert chart is not None
    svg = svg_of(draw(chart), 'A "title" <b>')
    root = ElementTree.fromstring(svg)
    assert root.attrib["viewBox"] == "0 0 760 360"
    assert "<script" not in svg
    assert "style=" not in svg
    assert not re.search(r"\son\w+=", svg)
    hits = [e for e in root.iter() if e.attrib.get("data-act") == "row"]
    assert [hit.attrib["data-item"] for hit in hits] == ["0", "1", "2"]
    assert "data-act" not in svg_of(draw(chart), "t", is_tapped=False)


@pytest.mark.parametrize("text", ["x" * 300, "包装线" * 50])
def test_a_png_is_a_picture_with_long_names(text: str) -> None:
    shown = figure(rows=((text, 3), ("CV-02", 1)), filters=(text,))
    picture = Image.open(io.BytesIO(file_of(shown, "png")))
    assert picture.format == "PNG"
    assert picture.width == 1520
    colours = picture.convert("RGB").getcolors(1 << 24) or []
    assert (0, 0x72, 0xB2) in {colour for _, colour in colours}


def test_a_number_without_a_chart_is_a_picture_too() -> None:
    assert file_of(figures.number(), "png").startswith(b"\x89PNG")
    assert file_of(figures.number(None), "png").startswith(b"\x89PNG")


def test_no_cell_of_a_csv_is_a_formula() -> None:
    text = file_of(figure(), "csv").decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert lines == [["Machine", "Failures"], ["PRESS-2", "7"], ["CV-02", "3"], ["'=cmd()", ""]]


def test_a_workbook_has_figure_definition_and_rows() -> None:
    behind = [("ticket", "title"), ("WO-1", "=HYPERLINK(1)"), ("WO-2", "\x07bell")]
    content = file_of(figure(), "xlsx", behind)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["figure", "definition", "rows"]
    assert [cell.value for cell in book["figure"][2]] == ["PRESS-2", 7]
    assert book["figure"]["A4"].value == "'=cmd()"
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)
    assert book["rows"]["B2"].value == "'=HYPERLINK(1)"
    assert book["rows"]["B3"].value == " bell"
    told = {str(row[0].value): str(row[1].value) for row in book["definition"]}
    assert "EN 13306" in told["source"]
    assert told["excluded"] == "2: duplicates of other tickets"
    assert told["coverage"] == "machine known for 10 of 12"
    assert "SELECT" in told["SQL: count"]


def test_without_rows_the_workbook_names_the_tickets() -> None:
    book = openpyxl.load_workbook(io.BytesIO(file_of(figure(), "xlsx")))
    assert [row[0].value for row in book["rows"]] == ["ticket", "cmms:WO-1", "cmms:WO-2"]


def test_a_file_is_named_for_what_it_holds() -> None:
    assert file_name(figure(), "csv") == "failure_count_last_month_20261120.csv"


_COMPARED = Query(
    metrics=("downtime_h",), time=TimeRange(range="ytd"), compare=Comparison(to="last_year")
)


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (figures.number(), "Downtime, last month (1 to 31 October 2026): 83.5 h."),
        (figures.number(None), "Downtime, last month (1 to 31 October 2026): unknown."),
        (
            figure(),
            "Failures by machine, last month (1 to 31 October 2026), line is Line 3: "
            "most for PRESS-2 (7), then CV-02 (3); 3 groups shown.",
        ),
        (
            figure(rows=(), counted=0),
            "Failures, last month (1 to 31 October 2026), line is Line 3: "
            "zero rows, nothing matches this.",
        ),
        (
            figures.number(
                query=_COMPARED,
                columns=(
                    Column(name="downtime_h", label="Downtime", unit="h"),
                    Column(name="downtime_h.compared", label="A year before", unit="h"),
                ),
                rows=((83.5, 90.25),),
            ),
            "Downtime, last month (1 to 31 October 2026): 83.5 h, against 90.2 h a year before.",
        ),
    ],
)
def test_a_figure_is_one_sentence(shown: Figure, said: str) -> None:
    assert sentence(shown) == said


def test_a_chinese_question_gets_a_chinese_sentence() -> None:
    assert language_of("上个月停机多少小时？") == "zh"
    assert language_of("Failures on Line 3") == "en"
    assert sentence(figures.number(), "zh") == "停机时间，上个月：83.5 小时。"
    said = "故障次数，按设备，上个月，产线为Line 3：共 3 组，依次为 PRESS-2（7）、CV-02（3）。"
    assert sentence(figure(), "zh") == said
    assert as_of_words(figure(), "zh") == "数据截至 2026-11-20 22:00 (Europe/Berlin)"


def test_a_course_of_time_is_told_from_its_first_to_its_last() -> None:
    query = Query(metrics=("failure_count",), dims=("month",))
    rows = (("2026-01", 2), ("2026-02", 9), ("2026-03", 4))
    said = sentence(figure(query, columns=(MONTHS, FAILURES), rows=rows))
    assert said.endswith("line is Line 3: 2026-01 2 → 2026-03 4.")


def test_the_data_is_as_of_a_moment_at_the_site() -> None:
    assert as_of_words(figure()) == "Data as of 2026-11-20 22:00 (Europe/Berlin)"
    odd = figures.PERIOD.model_copy(update={"time_zone": "Mars/Base"})
    assert as_of_words(figure(periods=(odd,))) == "Data as of 2026-11-20 21:00 (UTC)"


def test_the_smallest_is_told_where_it_is_asked_for() -> None:
    query = figures.BY_ASSET.model_copy(update={"order": "asc"})
    said = sentence(figure(query, rows=(("A", 1), ("B", 2))))
    assert said.endswith("least for A (1), then B (2).")
    days = Query(metrics=("failure_count",), dims=("day_of_week",))
    column = Column(name="day_of_week", label="Day", kind="text")
    said = sentence(figure(days, columns=(column, FAILURES), rows=(("Monday", 1), ("Friday", 9))))
    assert said.endswith("most for Friday (9), then Monday (1).")


def test_amounts_of_two_currencies_are_told_side_by_side() -> None:
    currency = Column(name="currency", label="Currency", kind="text")
    cost = Column(name="cost_total", label="Cost")
    line = Column(name="line", label="Line", kind="text")
    query = Query(metrics=("cost_total",), dims=("line",), order="desc")
    rows = (("A", "CNY", 900.0), ("B", "CNY", 500.0), ("A", "EUR", 80.5), (None, "EUR", 90.0))
    said = sentence(figure(query, columns=(line, currency, cost), rows=rows, filters=()))
    assert said.endswith("most for A (900.00 CNY), then not recorded (90.00 EUR); 4 groups shown.")
    before = Column(name="cost_total.compared", label="Before")
    whole = Query(metrics=("cost_total",), compare=Comparison(to="last_year"))
    paid = (("CNY", 900.0, 800.0), ("EUR", 80.5, None))
    shown = figure(whole, columns=(currency, cost, before), rows=paid, filters=())
    assert sentence(shown).endswith(
        ": 900.00 CNY, against 800.00 CNY a year before; 80.50 EUR, against unknown a year before."
    )


def test_a_share_is_high_and_not_much() -> None:
    rate = Column(name="ftfr", label="First-time fix", unit="%")
    query = Query(metrics=("ftfr",), dims=("asset",))
    said = sentence(figure(query, columns=(ASSETS, rate), rows=(("A", 50.0), ("B", 75.25))))
    assert said.endswith("highest for B (75.2%), then A (50%).")


def test_a_list_says_how_many_rows_it_shows() -> None:
    listed = figure(Query(metrics=("ticket_list",), limit=3), counted=44)
    assert sentence(listed).endswith("line is Line 3: 3 rows of 44.")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_name_of_a_query_has_a_label(language: str) -> None:
    for metric in METRICS:
        assert metric_label(metric, language) != metric.replace("_", " ")
    for name in {*DIMENSIONS, *FIELDS}:
        assert name_label(name, language)
    labels = [name_label(name, "zh") for name in {*DIMENSIONS, *FIELDS}]
    assert all(language_of(label) == "zh" for label in labels)


@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        ("last_90d", "the last 90 days", "最近90天"),
        ("last_1m", "the last 1 month", "最近1个月"),
        ("ytd", "this year so far", "今年至今"),
        ("2026-10", "2026-10", "2026-10"),
        ("2026-01-01..2026-07-01", "2026-01-01 to 2026-07-01", "2026-01-01 至 2026-07-01"),
    ],
)
def test_ranges_are_said(text: str, en: str, zh: str) -> None:
    assert (range_label(text), range_label(text, "zh")) == (en, zh)


def test_all_that_defends_a_figure_is_told() -> None:
    names = [name for name, _ in about(figure())]
    assert names[:3] == ["figure", "data as of", "period"]
    assert {"filter", "counted", "excluded", "coverage", "note", "query", "parameters"} <= set(
        names
    )
