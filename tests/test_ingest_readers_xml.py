"""XML files: what is read, what is refused, and how safely."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.errors import UnreadableDocument, UnsupportedFormat
from ingest.readers.xml_module import read_xml
from ingest.reading import read_file


def _write(tmp_path: Path, text: str | bytes, name: str = "a.xml") -> Path:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_other_xml_is_refused_with_its_root_element_and_what_is_read(tmp_path: Path):
    path = _write(tmp_path, "<book><chapter>x</chapter></book>")
    with pytest.raises(UnsupportedFormat, match=r"<book>.*S1000D.*DITA"):
        read_xml(path)


def test_a_map_is_refused_and_the_message_says_to_name_the_topics(tmp_path: Path):
    path = _write(tmp_path, '<map><topicref href="a.dita"/></map>', "a.ditamap")
    with pytest.raises(UnsupportedFormat, match="Name the topics, or the folder"):
        read_file(path)


@pytest.mark.parametrize(
    "entities",
    [
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">',
        '<!ENTITY c SYSTEM "file:///etc/hostname">',
        "<!ENTITY c '<p>x</p>'>",
        f'<!ENTITY c "{"x" * 3000}">',
    ],
)
def test_entities_that_nest_or_reach_out_are_refused(tmp_path: Path, entities: str):
    text = f'<!DOCTYPE topic [{entities}]><topic id="t"><title>T</title><body>&c;</body></topic>'
    with pytest.raises(UnreadableDocument, match="entit"):
        read_xml(_write(tmp_path, text))


def test_a_plain_entity_and_a_named_character_are_put_in(tmp_path: Path):
    text = """<!DOCTYPE topic PUBLIC "-//OASIS//DTD DITA Topic//EN" "topic.dtd"
        [<!ENTITY co "ACME">]><topic id="t"><title>&co; pump</title>
        <body><p><b>&co;</b> &mdash; 5 &deg;C</p></body></topic>"""
    contents = read_xml(_write(tmp_path, text))
    assert [block.text for block in contents.blocks] == ["ACME pump", "ACME — 5 °C"]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<dmodule>",
        b"\xff\xfe\x00",
        b"<topic>" * 130 + b"</topic>" * 130,
        b"<topic>" * 5000,
    ],
)
def test_damaged_and_endless_files_are_refused_in_words(tmp_path: Path, text: bytes):
    with pytest.raises(UnreadableDocument, match=r"a\.xml"):
        read_xml(_write(tmp_path, text))


def test_an_encoding_other_than_utf_8_is_read(tmp_path: Path):
    topic = '<topic id="t"><title>泵</title><body><p>油温高</p></body></topic>'
    text = f'<?xml version="1.0" encoding="UTF-16"?>{topic}'
    contents = read_xml(_write(tmp_path, text.encode("utf-16")))
    assert [block.text for block in contents.blocks] == ["泵", "油温高"]
