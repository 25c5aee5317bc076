"""Chinese PDFs: fonts that are not embedded, chapter words, marks of steps, joined lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from index.corpus import Block
from ingest.readers.pdf import read_pdf

_BODY = "本液压机的油箱容量为一百二十升，正文的字号是最常见的字号，所以这一段很长很长。"


def _blocks(path: Path, *lines: tuple[float, str]) -> list[Block]:
    """Blocks of a page with lines of a size each, far apart, below a paragraph of the body."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=(595, 842), invariant=1)
    for i, (size, text) in enumerate(((10.5, _BODY), *lines)):
        canvas.setFont("STSong-Light", size)
        canvas.drawString(60, 780 - 40 * i, text)
    canvas.save()
    return list(read_pdf(path).blocks)[1:]


@pytest.mark.parametrize(
    ("size", "line", "number", "title", "level"),
    [
        (18, "第1章 安全", "第1章", "安全", 1),
        (18, "第一章 安全", "第一章", "安全", 1),
        (14, "1.1 一般规定", "1.1", "一般规定", 2),
        (14, "1.1一般规定", "1.1", "一般规定", 2),
        (14, "一、概述", "一", "概述", 2),
    ],
)
def test_the_number_of_a_chinese_heading_stands_apart(
    tmp_path: Path, size: float, line: str, number: str, title: str, level: int
) -> None:
    (heading,) = _blocks(tmp_path / "a.pdf", (size, line))
    assert (heading.kind, heading.number, heading.text) == ("heading", number, title)
    assert heading.level == level


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("1）关闭阀门V1。", "1）"),
        ("（2）关闭阀门V1。", "（2）"),
        ("③ 关闭阀门V1。", "③"),
        ("4、关闭阀门V1。", "4、"),
        ("5．关闭阀门V1。", "5．"),
        ("6.关闭阀门V1。", "6."),
        ("7. 关闭阀门V1。", "7."),
    ],
)
def test_the_mark_of_a_chinese_step_is_its_number(tmp_path: Path, line: str, number: str) -> None:
    (step,) = _blocks(tmp_path / "a.pdf", (10.5, line))
    assert (step.kind, step.number, step.text) == ("step", number, "关闭阀门V1。")


def test_a_decimal_number_is_no_mark_of_a_step(tmp_path: Path) -> None:
    (block,) = _blocks(tmp_path / "a.pdf", (10.5, "4.5兆帕是工作压力。"))
    assert (block.kind, block.text) == ("paragraph", "4.5兆帕是工作压力。")


def test_chinese_lines_are_joined_without_a_space(tmp_path: Path) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(595, 842), invariant=1)
    canvas.setFont("STSong-Light", 10.5)
    canvas.drawString(60, 715, "工作压力为25 MPa，在开始维")
    canvas.drawString(60, 701, "修之前必须切断电源。")
    canvas.save()
    (block,) = read_pdf(tmp_path / "a.pdf").blocks
    assert block.text == "工作压力为25 MPa，在开始维修之前必须切断电源。"


def test_a_chinese_signal_word_takes_the_line_right_below_it(tmp_path: Path) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(tmp_path / "a.pdf"), pagesize=(595, 842), invariant=1)
    canvas.setFont("STSong-Light", 10.5)
    canvas.drawString(60, 715, "警告")
    canvas.drawString(60, 700, "高压油会造成严重伤害。")
    canvas.save()
    (block,) = read_pdf(tmp_path / "a.pdf").blocks
    assert (block.kind, block.signal) == ("safety", "warning")
    assert block.text == "警告\n高压油会造成严重伤害。"
