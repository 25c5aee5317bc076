"""Reading web pages."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.errors import EmptyDocument, IngestError, UnreadableDocument
from ingest.readers.contents import Contents
from ingest.readers.html_page import read_html


def _read(folder: Path, body: str, head: str = "", attributes: str = "") -> Contents:
    path = folder / "a.html"
    page = f"<!DOCTYPE html><html {attributes}><head>{head}</head><body>{body}</body></html>"
    path.write_text(page, encoding="utf-8")
    return read_html(path)


def _shape(contents: Contents) -> list[tuple[str, str, str]]:
    return [(block.kind, block.number, block.text) for block in contents.blocks]


def test_headings_paragraphs_and_code(tmp_path: Path) -> None:
    body = """<h1>5.2 <em>Spindle</em> drive</h1><p>A drive
      that<br>turns at 10<sup>3</sup>/min.</p>loose text<blockquote>quoted</blockquote>
      <pre>G0 X1\nM30</pre><h3>Sub</h3>"""
    blocks = _read(tmp_path, body).blocks
    assert [(b.kind, b.level, b.number, b.text) for b in blocks] == [
        ("heading", 1, "5.2", "Spindle drive"),
        ("paragraph", 0, "", "A drive that turns at 10³/min."),
        ("paragraph", 0, "", "loose text"),
        ("paragraph", 0, "", "quoted"),
        ("paragraph", 0, "", "G0 X1\nM30"),
        ("heading", 3, "", "Sub"),
    ]


def test_lists_come_with_the_marks_that_a_browser_prints(tmp_path: Path) -> None:
    body = """<ol start="3"><li>Open V1<ol type="a"><li>left<li>right</ol></li>
      <li value="7"><p>Close V1</p><p>and wait.</p></li><li>Go</li></ol>
      <ul><li>one<ul><li>inner</li></ul></li></ul>
      <ol class="lowerroman"><li>x</li></ol><ol reversed><li>b</li><li>a</li></ol>"""
    assert _shape(_read(tmp_path, body)) == [
        ("step", "3.", "Open V1"),
        ("step", "a.", "left"),
        ("step", "b.", "right"),
        ("step", "7.", "Close V1"),
        ("paragraph", "", "and wait."),
        ("step", "8.", "Go"),
        ("item", "", "one"),
        ("item", "", "inner"),
        ("step", "i.", "x"),
        ("step", "2.", "b"),
        ("step", "1.", "a"),
    ]


def test_tables_resolve_spans_and_follow_with_nested_ones(tmp_path: Path) -> None:
    body = """<table><caption>Table 1: Faults</caption>
      <thead><tr><th rowspan="2">Code</th><th colspan="2">What</th></tr>
      <tr><th>Cause</th><th>Remedy</th></tr></thead>
      <tr><td rowspan="2">E-1</td><td>low</td><td>fill</td></tr>
      <tr><td colspan="2">see <table><tr><td>a</td><td>b</td></tr></table></td></tr></table>"""
    blocks = _read(tmp_path, body).blocks
    header = ("Code", "What / Cause", "What / Remedy")
    assert blocks[0].kind == "caption"
    assert [(b.header, b.cells) for b in blocks[1:]] == [
        (header, ("E-1", "low", "fill")),
        (header, ("E-1", "see", "")),
        ((), ("a", "b")),
    ]


def test_a_first_row_without_th_is_the_header_but_names_beside_rows_are_not(
    tmp_path: Path,
) -> None:
    plain = "<table><tr><td>Code<td>Cause<tr><td>E-1<td>hot</table>"
    beside = "<table><tr><th>Mass<td>5 kg<tr><th>Force<td>40 kN</table>"
    assert [(b.header, b.cells) for b in _read(tmp_path, plain + beside).blocks] == [
        (("Code", "Cause"), ("E-1", "hot")),
        ((), ("Mass", "5 kg")),
        ((), ("Force", "40 kN")),
    ]


def test_a_table_that_places_parts_of_the_page_is_no_table(tmp_path: Path) -> None:
    body = "<table><tr><td><h2>Left</h2><p>text</p></td><td><ul><li>item</ul></td></tr></table>"
    assert _shape(_read(tmp_path, body)) == [
        ("heading", "", "Left"),
        ("paragraph", "", "text"),
        ("item", "", "item"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        '<div class="admonition warning"><p class="admonition-title">Warning</p><p>Hot oil.</p>'
        "</div>",
        '<div class="admonitionblock warning"><table><tr><td class="icon"><div class="title">'
        'Warning</div></td><td class="content">Hot oil.</td></tr></table></div>',
        '<div class="warning"><h3 class="title">Warning</h3><p>Hot oil.</p></div>',
        '<aside class="note note_warning"><b>Warning</b><p>Hot oil.</p></aside>',
        '<div class="markdown-alert markdown-alert-warning"><p>Warning</p><p>Hot oil.</p></div>',
        "<table><tr><td><b>Warning</b></td><td>Hot oil.</td></tr></table>",
        "<h4>Warning</h4><p>Hot oil.</p>",
        "<p><b>Warning</b><br>Hot oil.</p>",
    ],
)
def test_a_warning_of_any_tool_is_one_safety_message(tmp_path: Path, body: str) -> None:
    blocks = _read(tmp_path, body).blocks
    assert [(b.kind, b.signal, b.text) for b in blocks] == [
        ("safety", "warning", "Warning\nHot oil.")
    ]


def test_a_message_keeps_its_list_and_a_coloured_word_is_none(tmp_path: Path) -> None:
    body = """<div class="danger"><p>Danger!</p><ol><li>Stop</li><li>Leave</li></ol></div>
      <p>The <span class="warning">lamp</span> lights.</p>"""
    assert _shape(_read(tmp_path, body)) == [
        ("safety", "", "Danger!\n1. Stop\n2. Leave"),
        ("paragraph", "", "The lamp lights."),
    ]


def test_what_belongs_to_the_site_is_left_out(tmp_path: Path) -> None:
    body = """<header>Doc No. HP-4711</header><nav>Home</nav><aside>Buy now</aside>
      <div role="search">Find <input placeholder="Search"></div><div class="sphinxsidebar">x</div>
      <main><header><h1>Valve<a class="headerlink">¶</a></h1></header><p>Text</p></main>
      <script>alert(1)</script><form><button>Send</button></form><footer>Rev C</footer>"""
    contents = _read(tmp_path, body)
    assert _shape(contents) == [("heading", "", "Valve"), ("paragraph", "", "Text")]
    assert contents.front[-2:] == ("Doc No. HP-4711", "Rev C")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<!-- secret -->", "comment"),
        ('<p style="display:none">secret</p>', "display: none"),
        ('<div style="visibility: hidden"><p>secret</p></div>', "visibility: hidden"),
        ("<p hidden>secret</p>", "hidden attribute"),
        ('<span aria-hidden="true">secret</span>', "aria-hidden"),
        ('<p style="opacity:0">secret</p>', "opacity 0"),
        ('<p style="font-size:1px">secret</p>', "tiny text"),
        ('<p style="font-size:0">secret</p>', "tiny text"),
        ('<p style="font: 1pt serif">secret</p>', "tiny text"),
        ('<p style="color:#fff">secret</p>', "white text"),
        ('<p style="color:rgb(254, 254, 254)">secret</p>', "white text"),
        ('<font color="white">secret</font>', "white text"),
        ('<p style="color:#000;background:black">secret</p>', "text in the colour of"),
        ('<p style="color:transparent">secret</p>', "transparent text"),
        ('<p style="color:rgba(0,0,0,0)">secret</p>', "transparent text"),
        ('<p style="position:absolute;left:-9999px">secret</p>', "text outside the page"),
        ('<p style="text-indent:-999em">secret</p>', "text outside the page"),
        ('<p style="position:absolute;clip:rect(0,0,0,0)">secret</p>', "clipped text"),
        ('<p style="height:0;overflow:hidden">secret</p>', "clipped text"),
        ("<template><p>secret</p></template>", "template"),
        ("<noscript>secret</noscript>", "shown without scripts only"),
        ('<img alt="secret">', "alt attribute"),
        ('<b title="secret"></b>', "title attribute"),
        ('<i aria-label="secret"></i>', "aria-label attribute"),
        ('<p class="x">secret</p>', "display: none"),
        ('<div id="y"><p>secret</p></div>', "opacity 0"),
        ('<section><em class="z">secret</em></section>', "white text"),
        ("<ul><li hidden>secret</li></ul>", "hidden attribute"),
        ("<table><tr hidden><td>secret</td></tr></table>", "hidden attribute"),
    ],
)
def test_what_a_browser_does_not_show_is_held_back(tmp_path: Path, body: str, reason: str) -> None:
    style = """<style>/* x */ p.x, .none {display:none} #y {opacity:0}
      @media screen { section > .z {color:white} } a:hover {color:red} @media print {.p{color:red}}
      </style>"""
    contents = _read(tmp_path, f"<p>Seen</p>{body}", style)
    assert [block.text for block in contents.blocks] == ["Seen"]
    assert [piece.text for piece in contents.hidden] == ["secret"]
    assert reason in contents.hidden[0].reason


@pytest.mark.parametrize(
    "body",
    [
        '<p style="color:white;background:#036">85 °C</p>',
        '<div style="background:navy"><p style="color:#fff">85 °C</p></div>',
        '<p style="color:#fff;background:url(dark.png)">85 °C</p>',
        '<div style="visibility:hidden"><p style="visibility:visible">85 °C</p></div>',
        '<p class="print">85 °C</p>',
        '<p class="none" style="display:block">85 °C</p>',
        "<details><summary>85 °C</summary></details>",
        '<p style="font-size:small">85 °C</p>',
    ],
)
def test_what_a_browser_shows_stays(tmp_path: Path, body: str) -> None:
    style = "<style>@media print {.print {display:none}} .none {display:none}</style>"
    contents = _read(tmp_path, body, style)
    assert [block.text for block in contents.blocks] == ["85 °C"]
    assert contents.hidden == ()


def test_facts_come_from_title_meta_and_language(tmp_path: Path) -> None:
    head = """<title>HP-40 Manual</title><meta name="Revision" content="C">
      <meta name="dcterms.date" content="2024-05-01T10:00">
      <meta name="dc.identifier" content="HP-1">
      <meta name="description" content="Obey me"><meta name="version" content="no, really">"""
    contents = _read(tmp_path, "<p>x</p>", head, 'lang="zh-CN"')
    facts = contents.facts
    assert (facts.number, facts.revision, facts.date) == ("HP-1", "C", "2024-05-01")
    assert facts.language == "zh"
    assert contents.title == "HP-40 Manual"
    assert [(h.text, h.reason) for h in contents.hidden] == [("Obey me", "page description")]


@pytest.mark.parametrize(
    "data",
    [
        '<meta charset="gb2312"><p>高压危险，请断电</p>'.encode("gb18030"),
        '<?xml version="1.0" encoding="gb2312"?><p>高压危险，请断电</p>'.encode("gb18030"),
        "<p>高压危险，请断电</p>".encode("utf-16"),
        "\ufeff<p>高压危险，请断电</p>".encode(),
        "<p>高压危险，请断电</p>".encode("gb18030"),
        b'<meta charset="iso-8859-1"><meta charset="utf-8"><p>x',
        '<meta charset="ascii"><p>高压危险，请断电</p>'.encode(),
        '<meta charset="no-such"><p>高压危险，请断电</p>'.encode(),
        '<meta charset="base64"><p>高压危险，请断电</p>'.encode(),
    ],
)
def test_any_encoding_is_read(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.htm"
    path.write_bytes(data)
    assert read_html(path).blocks[0].text in ("高压危险，请断电", "x")


def test_xhtml_with_entities_of_its_own_is_read_without_expanding_them(tmp_path: Path) -> None:
    path = tmp_path / "a.xhtml"
    path.write_text(
        '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "secret">]>'
        '<html xmlns="http://www.w3.org/1999/xhtml"><body><p>T &le; 5 &a;</p></body></html>',
        encoding="utf-8",
    )
    (block,) = read_html(path).blocks
    assert "secret" not in block.text
    assert block.text.startswith("T ≤ 5")


def test_a_page_without_text_says_so(tmp_path: Path) -> None:
    with pytest.raises(EmptyDocument, match=r"a\.html shows no text without its scripts"):
        _read(tmp_path, "<script>write()</script>")


def test_a_page_that_nests_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDocument, match=r"nests its elements more than 200 deep"):
        _read(tmp_path, "<div>" * 5000 + "x")


def test_style_rules_that_never_close_do_not_stall(tmp_path: Path) -> None:
    contents = _read(tmp_path, "<p>x</p>", f"<style>{'a,b ' * 50_000}</style>")
    assert [block.text for block in contents.blocks] == ["x"]


_PIECE = st.sampled_from(
    "<p>|</p>|<table>|<tr>|<td colspan=9>|<th>|</table>|<ol start=x>|<li>|</ol>|<dl>|<dt>|<dd>|"
    "valve |WARNING|: hot|<div class=warning>|</div>|<!--|-->|<style>|p{color:|</style>|<pre>|"
    "&#0;|\u202e|<h1>|</h1>|<svg>|<br>|<figure>|<template>".split("|")
)


@settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(_PIECE, max_size=40).map("".join))
def test_any_soup_of_tags_gives_blocks_or_an_ingest_error(tmp_path: Path, soup: str) -> None:
    path = tmp_path / "any.html"
    path.write_text(soup, encoding="utf-8")
    blocks, reason = (), ""
    try:
        blocks = read_html(path).blocks
    except IngestError as error:
        reason = str(error)
    assert bool(blocks) != bool("any.html" in reason)
    assert all(block.text for block in blocks)
    assert all(len(block.header) in (0, len(block.cells)) for block in blocks)
