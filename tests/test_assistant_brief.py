"""The brief over the sample plant's record: its sections, a model that lies, page and sheet."""

from __future__ import annotations

import json
import random
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from langchain_core.messages import BaseMessage

from assistant.analytics.brief.briefs import Briefs
from assistant.analytics.brief.contents import Brief, Section
from assistant.analytics.brief.page import brief_page
from assistant.analytics.brief.sheet import brief_sheet
from assistant.analytics.brief.wording import BriefWording
from assistant.analytics.brief.writing import write_month, write_shift
from assistant.analytics.engine import FigureEngine
from assistant.analytics.errors import CannotAnswer
from assistant.analytics.query import Query
from assistant.egress import Egress, EgressSettings
from assistant.llm.choice import ModelSettings, ModelSlot
from assistant.llm.scripted import ScriptedChatModel
from index.access import LOCAL, Principal
from tests.record_home import build_record, open_record
from tests.shared_homes import built_once

NORTH = "Plant North"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> FigureEngine:
    return FigureEngine(open_record(built_once(tmp_path_factory, "record", build_record)))


@pytest.fixture(scope="module")
def month(engine: FigureEngine) -> Brief:
    return write_month(engine, LOCAL, "2026-10", NORTH)


def _section(brief: Brief, word: str) -> Section:
    return next(section for section in brief.sections if word in section.title)


def test_the_month_names_bottleneck_returning_fault_part_and_what_the_maker_needs(
    month: Brief, engine: FigureEngine
) -> None:
    titles = " ".join(section.title for section in month.sections)
    for word in ("Overview", "bottleneck", "returns", "part to stock", "Planned", "makers"):
        assert word in titles
    worst = engine.answer(
        Query.model_validate(
            {
                "metrics": ["downtime_h"],
                "dims": ["asset"],
                "filters": [{"field": "site", "value": NORTH}],
                "time": {"range": "2026-10"},
                "order": "desc",
                "limit": 1,
            }
        ),
        LOCAL,
    )
    tag, hours = worst.rows[0][:2]
    told = _section(month, "bottleneck").statements
    assert f"{tag} stood still the longest: {hours:.1f} h" in told[0]
    assert any("cause" in statement for statement in told[1:])
    assert re.search(r"returned \d+ times? within 30 d", _section(month, "returns").statements[0])
    assert re.match(r"Order \d+ of part \S+: stock", _section(month, "stock").statements[0])
    assert _section(month, "makers").statements[0].startswith("Model ")


def test_the_shift_is_the_last_one_that_is_over(engine: FigureEngine) -> None:
    brief = write_shift(engine, LOCAL, NORTH)
    assert "2026-11-20 14:00" in brief.period
    assert brief.sections[0].figures[0].periods[0].is_over


def test_a_month_that_is_none_is_refused(engine: FigureEngine) -> None:
    with pytest.raises(CannotAnswer, match="2026-10"):
        write_month(engine, LOCAL, "October")


def test_who_sees_no_site_gets_a_brief_of_zero_rows(engine: FigureEngine) -> None:
    nobody = Principal("x", "supervisor", frozenset({"Elsewhere"}))
    brief = write_month(engine, nobody, "2026-10")
    assert brief.sections[0].figures[0].counted == 0
    assert "PR-" not in brief_page(brief)


class Liar(ScriptedChatModel):
    """Repeats the statements of the prompt, some with other numbers, names, words or units."""

    seed: int

    def _stream(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> Any:
        chance = random.Random(f"{self.seed}{messages[-1].text}")
        told = re.search(r"<statements>\n(.*)\n</statements>", messages[-1].text, re.DOTALL)
        assert told is not None
        lines = [_lie(line, chance) for line in told[1].splitlines()]
        self.replies = [json.dumps({"text": " ".join(lines)})]
        return super()._stream(messages, *args, **kwargs)


def _lie(line: str, chance: random.Random) -> str:
    numbers = list(re.finditer(r"\d+(?:[.,]\d+)*", line))
    kind = chance.randrange(6)
    if kind == 0 and numbers:
        at = chance.choice(numbers)
        return f"{line[: at.start()]}{chance.randrange(2, 9999)}{line[at.end() :]}"
    if kind == 1:
        return f"About {chance.randrange(2, 99)} machines stood still."
    if kind == 2:
        return "It was twice as much as before."
    if kind == 3:
        return line.replace(" h", " days").replace("failure", "accident")
    if kind == 4:
        return f"{line.rstrip('.')} and {chance.randrange(100, 999)} h more."
    return line


def test_twenty_briefs_of_a_lying_model_hold_no_number_that_was_not_computed(
    month: Brief,
) -> None:
    dropped = kept = 0
    for seed in range(20):
        slot = ModelSlot.filled(Liar(replies=[""], seed=seed), "liar")
        wording = BriefWording(slot, ModelSettings())
        worded = wording.worded(month, Egress(EgressSettings(), "").clear(LOCAL, NORTH))
        for section in worded.sections:
            computed = set(_numbers(" ".join(section.statements)))
            assert set(_numbers(section.wording)) <= computed, section.wording
            kept += len(section.wording)
        dropped += worded.dropped
        assert worded.model == "liar"
    assert dropped > 100  # it did lie
    assert kept > 1000  # and what was true was kept


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+(?:[.,]\d+)*", text)


def test_without_a_model_the_brief_is_worded_by_code(engine: FigureEngine) -> None:
    slot = ModelSlot()
    briefs = Briefs(
        engine,
        lambda: BriefWording(slot, ModelSettings()),
        lambda: Egress(EgressSettings(), ""),
    )
    brief = briefs.write(LOCAL, "2026-10", NORTH)
    assert brief.model == ""
    assert not any(section.wording for section in brief.sections)
    assert brief.sections[0].statements


def test_the_page_escapes_what_tickets_say_and_defends_each_figure(month: Brief) -> None:
    evil = Section("Cause <script>", ("“<img src=x onerror=alert(1)>” returned 2 times.",))
    page = brief_page(replace(month, sections=(evil, *month.sections)))
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;img" in page
    assert "data as of 2026-11-20 21:00 UTC" in page
    assert "SELECT" in page
    assert "How “" in page


def test_the_sheet_holds_the_statements_also_in_chinese(month: Brief) -> None:
    chinese = Section("三车间", ("二号注塑机 stood still for 3 h.",))
    sheet = brief_sheet(replace(month, sections=(chinese, *month.sections)))
    document = pypdfium2.PdfDocument(BytesIO(sheet))
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert "二号注塑机" in text
    assert "stood still the longest" in " ".join(text.split())


def test_a_file_of_the_brief_is_whole(month: Brief, tmp_path: Path) -> None:
    path = tmp_path / "brief.html"
    path.write_bytes(brief_page(month).encode())
    assert path.read_text(encoding="utf-8").endswith("</html>\n")
