"""Signal words of safety messages."""

from __future__ import annotations

import pytest

from index.corpus import SignalWord
from ingest.signal_words import leads, stands_alone

WORDS: list[tuple[str, SignalWord]] = [
    ("DANGER", "danger"),
    ("WARNING", "warning"),
    ("CAUTION", "caution"),
    ("NOTICE", "notice"),
    ("IMPORTANT", "notice"),
    ("危险", "danger"),
    ("警告", "warning"),
    ("注意", "caution"),
    ("小心", "caution"),
    ("提示", "notice"),
    ("须知", "notice"),
    ("GEFAHR", "danger"),
    ("WARNUNG", "warning"),
    ("VORSICHT", "caution"),
    ("HINWEIS", "notice"),
]


@pytest.mark.parametrize(("word", "signal"), WORDS)
@pytest.mark.parametrize(
    "form", ["{}", " {} ", "{}!", "{}:", "{}！", "{}：", "⚠ {}", "⚠️ {}", "【{}】"]
)
def test_a_line_that_is_a_signal_word_is_one(word: str, signal: SignalWord, form: str) -> None:
    assert stands_alone(form.format(word)) == signal
    assert stands_alone(form.format(word.capitalize())) == signal


@pytest.mark.parametrize(("word", "signal"), WORDS)
@pytest.mark.parametrize(
    "form", ["{}: hot oil", "{}！高温", "{}：高温", "{} - hot oil", "⚠️ {}! hot oil", "【{}】高温"]
)
def test_a_text_that_begins_with_a_signal_word_and_a_mark_is_a_message(
    word: str, signal: SignalWord, form: str
) -> None:
    assert leads(form.format(word)) == signal
    assert stands_alone(form.format(word)) is None


@pytest.mark.parametrize("text", ["Warning: hot oil", "warning : hot oil", "Caution：hot oil"])
def test_before_a_colon_the_case_does_not_matter(text: str) -> None:
    assert leads(text) in ("warning", "caution")


@pytest.mark.parametrize(("text", "signal"), [("危险高压", "danger"), ("警告高温", "warning")])
def test_chinese_needs_no_mark_and_keeps_its_own_level(text: str, signal: SignalWord) -> None:
    assert leads(text) == signal


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Danger zones are marked in yellow.",
        "Warning lamp H2 is on.",
        "Caution is needed here.",
        "The WARNING: is printed on the door.",
        "Notice the gap of 0.5 mm.",
        "WARNINGS",
        "警告灯亮时停机",
        "警告信息列表",
        "请注意安全",
        "注意观察压力表",
        "小心轻放",
    ],
)
def test_words_in_running_text_are_no_signal(text: str) -> None:
    assert leads(text) is None
    assert stands_alone(text) is None


@pytest.mark.parametrize(
    ("text", "signal"),
    [
        ("WARNING Hot surface", "warning"),
        ("WARNING HOT SURFACE", "warning"),
        ("DANGER High voltage. Keep out.", "danger"),
        ("DANGER. High voltage.", "danger"),
        ("CAUTION Wear gloves", "caution"),
        ("WARNUNG Heiße Oberfläche", "warning"),
        ("ATTENTION Surface chaude", "caution"),
        ("注意 高温", "caution"),
        ("提示　先断电", "notice"),
    ],
)
def test_capitals_before_a_sentence_need_no_mark(text: str, signal: SignalWord) -> None:
    assert leads(text) == signal


@pytest.mark.parametrize(
    "text",
    [
        "Warning lamp H3 lights",
        "CAUTION label missing",
        "CAUTION Label missing",
        "WARNING LAMP H3 lights",
        "WARNING E-217 Oil low",
        "WARNING 217",
        "WARNING No. 5",
        "WARNING F3 pressed",
        "DANGER AND WARNING SIGNS",
        "DANGER Zone A",
        "WARNUNG Lampe H3",
        "HINWEIS Schild fehlt",
        "NOTICE is given",
        "提示 信息",
    ],
)
def test_names_of_lamps_labels_and_codes_are_no_message(text: str) -> None:
    assert leads(text) is None


@pytest.mark.parametrize(("text", "signal"), [("警 告", "warning"), ("注　意：", "caution")])
def test_spread_chinese_words_are_signal_words(text: str, signal: SignalWord) -> None:
    assert stands_alone(text) == signal
