"""The catalogue of what Faultbook says: every phrase in every language, with the same values."""

from __future__ import annotations

import string
from collections.abc import Iterator
from types import ModuleType

import pytest

from assistant import phrases_labels, phrases_messages, phrases_repairs
from assistant.phrases import LANGUAGES, Counted, Phrase, count, language_for, say


def _phrases() -> Iterator[tuple[str, Phrase]]:
    modules: tuple[ModuleType, ...] = (phrases_labels, phrases_messages, phrases_repairs)
    for module in modules:
        for name, value in vars(module).items():
            if isinstance(value, Phrase):
                yield name, value
            elif isinstance(value, Counted):
                yield f"{name}.one", value.one
                yield f"{name}.many", value.many
            elif isinstance(value, dict) and name.isupper():
                yield from ((f"{name}.{key}", each) for key, each in value.items())


_ALL = dict(_phrases())


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_there_are_phrases() -> None:
    assert len(_ALL) > 60


@pytest.mark.parametrize("name", sorted(_ALL))
def test_a_phrase_has_a_text_in_every_language_with_the_same_values(name: str) -> None:
    texts = [say(_ALL[name], language) for language in LANGUAGES]
    assert all(text.strip() for text in texts)
    assert len({frozenset(_placeholders(text)) for text in texts}) == 1, texts


@pytest.mark.parametrize("name", sorted(set(_ALL) - {"ABOUT", "FOR_ASSET"}))
def test_a_chinese_text_holds_chinese(name: str) -> None:
    assert any("\u4e00" <= c <= "\u9fff" for c in _ALL[name].zh)


def test_a_language_without_phrases_gets_english() -> None:
    assert say(phrases_labels.PARTS, "fr") == "Parts"


def test_one_and_many_are_told_apart() -> None:
    searched = phrases_labels.DOCUMENTS_SEARCHED
    assert [count(searched, "en", n) for n in (0, 1, 2)] == [
        "0 documents searched",
        "1 document searched",
        "2 documents searched",
    ]
    assert count(searched, "de", 2) == "2 Dokumente durchsucht"
    assert count(searched, "zh", 1) == "已检索 1 份文档"


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("E-217 on PR-02, what first?", "en"),
        ("E-217", "en"),
        ("", "en"),
        ("Was bedeutet E-217?", "de"),
        ("PR-02 zeigt E-217, was zuerst?", "de"),
        ("Wie wechsle ich das Filterelement?", "de"),
        ("Ölstand zu niedrig", "de"),
        ("WA-01 报 AL-103，先查什么？", "zh"),
        ("更换泵 P1", "zh"),
        ("Comment remplacer la courroie de la broche ?", "en"),
        ("¿Cómo cambio la correa del husillo?", "en"),
        ("ram slow when warm", "en"),
        ("what is the die clearance", "en"),
    ],
)
def test_an_answer_speaks_the_language_of_the_question(question: str, language: str) -> None:
    assert language_for(question) == language
