"""Decoding bytes of unknown encoding."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.text_encoding import decode

GERMAN = "Störung am Förderband, Prüfung der Kühlgeräte: Öl über 60 °C, Größe ändern"
CHINESE = "液压泵异响，更换密封圈后恢复正常。"


@pytest.mark.parametrize("text", [GERMAN, CHINESE, "E-217 hot", "μ ≥ 5 Ω"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_is_recognised_with_and_without_a_mark(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == (text, encoding)


@pytest.mark.parametrize("mark", [codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE])
def test_utf_16_is_read_in_both_byte_orders(mark: bytes) -> None:
    encoding = "utf-16-be" if mark == codecs.BOM_UTF16_BE else "utf-16-le"
    assert decode(mark + CHINESE.encode(encoding)) == (CHINESE, "utf-16")


@pytest.mark.parametrize("text", [CHINESE, "设备,标题\nPR-01,漏油\n", "更换O型圈 1 x AB-12"])
def test_chinese_in_gb18030_is_recognised(text: str) -> None:
    assert decode(text.encode("gb18030")) == (text, "gb18030")


@pytest.mark.parametrize(
    "text",
    [
        GERMAN,
        "Störung Förderband",  # each umlaut before a letter: these bytes are valid GB18030, too
        "Meldung;Kurztext\n1;Größe prüfen\n",
        "Pièce détachée, clé à six pans",
        "Presión máxima: 85 °C – 90 °C",
    ],
)
def test_western_text_in_cp1252_is_not_taken_for_chinese(text: str) -> None:
    assert decode(text.encode("cp1252")) == (text, "cp1252")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_text(data: bytes) -> None:
    text, encoding = decode(data)
    assert bool(text) == bool(data) or data in (codecs.BOM_UTF8, *_UTF16_MARKS)
    if encoding == "utf-8":
        assert text.encode() == data


_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
