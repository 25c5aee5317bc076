"""DITA topics: steps, safety messages, reuse and metadata."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.chunking import cut
from ingest.code_extraction import find_codes
from ingest.errors import EmptyDocument
from ingest.readers.contents import Contents
from ingest.readers.xml_module import read_xml


def _read(tmp_path: Path, text: str) -> Contents:
    path = tmp_path / "topic.dita"
    path.write_text(text, encoding="utf-8")
    return read_xml(path)


def _task(tmp_path: Path, body: str) -> list[tuple[str, str, str]]:
    topic = f'<task id="t"><title>Seal</title><taskbody>{body}</taskbody></task>'
    blocks = _read(tmp_path, topic).blocks[1:]
    return [(block.kind, block.number, block.text) for block in blocks]


def test_a_task_keeps_its_order_with_steps_substeps_and_choices(tmp_path: Path):
    body = """<prereq>Drain it.</prereq><steps>
        <step><cmd>Open <uicontrol>V1</uicontrol>.</cmd><info>Turn
        left.</info><substeps><substep><cmd>Lift.</cmd></substep></substeps></step>
        <step importance="optional" product="B2"><cmd>Pick</cmd><choices><choice>red</choice>
        <choice>blue</choice></choices></step></steps><result>It runs.</result>
        <postreq><ol><li>Log it.</li></ol></postreq>"""
    assert _task(tmp_path, body) == [
        ("caption", "", "Before you begin"),
        ("paragraph", "", "Drain it."),
        ("step", "1.", "Open V1.\nTurn left."),
        ("step", "1.a.", "Lift."),
        ("step", "2.", "[Applies to: B2] Optional: Pick\n• red\n• blue"),
        ("caption", "", "Result"),
        ("paragraph", "", "It runs."),
        ("caption", "", "What to do next"),
        ("item", "1.", "Log it."),
    ]


@pytest.mark.parametrize(
    ("kind", "signal"),
    [
        ("danger", "danger"),
        ("warning", "warning"),
        ("caution", "caution"),
        ("attention", "caution"),
        ("notice", "notice"),
    ],
)
def test_a_note_of_a_safety_type_is_a_safety_message_in_its_place(
    tmp_path: Path, kind: str, signal: str
):
    topic = f"""<topic id="t"><title>T</title><body><p>Before.<note type="{kind}">Hot.</note>
        After.</p></body></topic>"""
    blocks = _read(tmp_path, topic).blocks[1:]
    assert [block.text for block in blocks] == ["Before.", f"{kind.upper()}\nHot.", "After."]
    assert blocks[1].signal == signal


def test_a_hazard_statement_is_one_message_and_a_plain_note_is_none(tmp_path: Path):
    body = """<context><hazardstatement type="warning"><messagepanel>
        <typeofhazard>Crushing</typeofhazard><consequence>Lost hand</consequence>
        <howtoavoid>Lock out.</howtoavoid></messagepanel></hazardstatement>
        <note>Check twice.</note></context>"""
    assert _task(tmp_path, body) == [
        ("safety", "", "WARNING\nCrushing\nLost hand\nLock out."),
        ("paragraph", "", "Note: Check twice."),
    ]


def test_a_warning_in_a_table_cell_stands_before_its_row(tmp_path: Path):
    topic = """<reference id="r"><title>R</title><refbody><simpletable><sthead>
        <stentry>Code</stentry><stentry>Meaning</stentry></sthead><strow><stentry>E1</stentry>
        <stentry>Low<note type="warning">Hot!</note></stentry></strow></simpletable>
        <properties><property><proptype>Torque</proptype><propvalue>10 N·m</propvalue></property>
        </properties></refbody></reference>"""
    blocks = _read(tmp_path, topic).blocks[1:]
    assert [block.kind for block in blocks] == ["safety", "row", "row"]
    assert blocks[1].header == ("Code", "Meaning")
    assert (blocks[2].header, blocks[2].cells) == (("Type", "Value"), ("Torque", "10 N·m"))


def test_troubleshooting_gives_a_code_with_cause_and_remedy(tmp_path: Path):
    topic = """<troubleshooting id="x"><title>Alarm E-217: oil temperature high</title>
        <troublebody><condition><p>Oil is hot.</p></condition><troubleSolution><cause>
        <p>Cooler dirty.</p></cause><remedy><responsibleParty>Fitter</responsibleParty><steps>
        <step><cmd>Clean the cooler.</cmd></step></steps></remedy></troubleSolution></troublebody>
        </troubleshooting>"""
    contents = _read(tmp_path, topic)
    assert [block.text for block in contents.blocks[1:]] == [
        "Condition: Oil is hot.",
        "Cause: Cooler dirty.",
        "Responsible: Fitter",
        "Remedy:",
        "Clean the cooler.",
    ]
    (code,) = find_codes(cut(contents.blocks)[0], "Press")
    assert (code.code, code.meaning) == ("E-217", "oil temperature high")
    assert "Clean the cooler." in code.remedies[0]


def test_reuse_in_the_file_is_put_in_and_reuse_from_elsewhere_is_reported(tmp_path: Path):
    topic = """<task id="t"><title>T</title><taskbody><steps><step id="s"><cmd>Close V1.</cmd>
        </step><step conref="#t/s"/><step conref="other.dita#o/s"><cmd/></step>
        <step id="loop" conref="#t/loop"><cmd>Stop.</cmd></step></steps></taskbody></task>"""
    contents = _read(tmp_path, topic)
    steps = [(block.number, block.text) for block in contents.blocks[1:]]
    assert steps == [
        ("1.", "Close V1."),
        ("2.", "Close V1."),
        ("3.", "The text of this step stands in other.dita#o/s."),
        ("4.", "Stop."),
    ]
    assert contents.report["unresolved_references"] == ["other.dita#o/s", "#t/loop"]


def test_reuse_that_multiplies_is_stopped(tmp_path: Path):
    levels = "".join(
        f'<ul id="u{n}"><li conref="#t/l{n - 1}"/><li conref="#t/l{n - 1}"/>'
        f'<li id="l{n}"><ul conref="#t/u{n - 1}"/><ul conref="#t/u{n - 1}"/></li></ul>'
        for n in range(1, 30)
    )
    topic = f"""<topic id="t"><title>T</title><body><ul id="u0"><li id="l0">x</li></ul>{levels}
        </body></topic>"""
    contents = _read(tmp_path, topic)
    assert len(contents.blocks) < 20_000


def test_what_writers_left_for_each_other_is_hidden(tmp_path: Path):
    topic = """<topic id="t"><title>T</title><body><p>Turn <draft-comment>is this right?
        </draft-comment>left<ph status="deleted">or right</ph>.</p>
        <required-cleanup><p>Old text</p></required-cleanup></body></topic>"""
    contents = _read(tmp_path, topic)
    assert [block.text for block in contents.blocks[1:]] == ["Turn left."]
    assert [(hidden.text, hidden.reason) for hidden in contents.hidden] == [
        ("is this right?", "draft comment"),
        ("or right", "deleted text"),
        ("Old text", "text marked for clean-up"),
    ]


def test_the_prolog_states_product_version_date_and_language(tmp_path: Path):
    topic = """<task id="t" xml:lang="de-DE"><title>T</title><prolog><critdates>
        <created date="2020-01-02"/><revised modified="2024-05-06"/></critdates><metadata>
        <prodinfo><prodname>HP-40</prodname><vrmlist><vrm version="1"/>
        <vrm version="2" release="3"/></vrmlist></prodinfo></metadata></prolog>
        <taskbody><context>Text.</context></taskbody></task>"""
    facts = _read(tmp_path, topic).facts
    assert (facts.models, facts.revision, facts.date) == (("HP-40",), "2.3", "2024-05-06")
    assert (facts.language, facts.kind) == ("de", "procedure")


@pytest.mark.parametrize(
    ("metadata", "number", "revision"),
    [
        ('<othermeta name="document-number" content="BF12-SP-07"/>', "BF12-SP-07", "2.3"),
        ('<othermeta name="Doc. No." content="4711-A"/>', "4711-A", "2.3"),
        ('<othermeta name="revision" content="Rev. C"/>', "", "C"),
        ('<othermeta name="Dokumenten-Nr." content="H 12/4"/>', "H 12/4", "2.3"),
        ('<othermeta name="文件编号" content="QX80-M-1"/>', "QX80-M-1", "2.3"),
        ('<othermeta name="issue" content="4"/><othermeta name="rev" content="5"/>', "", "4"),
        ('<othermeta name="revision-date" content="2024-01-01"/>', "", "2.3"),
        ('<othermeta name="part-number" content="40-0715-3"/>', "", "2.3"),
        ('<othermeta name="document-number" content="see the cover"/>', "", "2.3"),
        ('<othermeta name="version" content="9"/>', "", "2.3"),
        ('<othermeta content="BF12"/>', "", "2.3"),
    ],
)
def test_a_named_number_and_revision_of_the_prolog_are_those_of_the_document(
    tmp_path: Path, metadata: str, number: str, revision: str
):
    topic = f"""<task id="t"><title>T</title><prolog><metadata>{metadata}<prodinfo>
        <prodname>HP-40</prodname><vrmlist><vrm version="2" release="3"/></vrmlist></prodinfo>
        </metadata></prolog><taskbody><context>Text.</context></taskbody></task>"""
    facts = _read(tmp_path, topic).facts
    assert (facts.number, facts.revision) == (number, revision)


def test_a_named_number_and_revision_in_the_data_of_a_product_are_taken_too(tmp_path: Path):
    topic = """<topic id="t"><title>T</title><prolog><metadata><prodinfo><prodname>HP-40</prodname>
        <data name="document_number" value="HP40-MM-6"/><data name="Document revision">
        C.1</data></prodinfo></metadata></prolog><body><p>Text.</p>
        <data name="revision" value="Z"/></body></topic>"""
    facts = _read(tmp_path, topic).facts
    assert (facts.number, facts.revision) == ("HP40-MM-6", "C.1")


def test_data_under_a_name_of_its_own_is_taken(tmp_path: Path):
    topic = """<topic id="t"><title>T</title><prolog><doc-number
        class="- topic/data acme-d/doc-number ">A-17</doc-number></prolog>
        <body><p>Text.</p></body></topic>"""
    assert _read(tmp_path, topic).facts.number == "A-17"


def test_a_message_that_another_file_keeps_is_shown_with_its_place(tmp_path: Path):
    body = """<context><note type="danger" conref="w.dita#w/hot"/><note conref="w.dita#w/any"/>
        <hazardstatement type="warning" conkeyref="press/crush"/><note type="tip"
        conref="w.dita#w/tip"/></context><steps><step><cmd>Go.</cmd></step></steps>"""
    topic = f'<task id="t"><title>Seal</title><taskbody>{body}</taskbody></task>'
    contents = _read(tmp_path, topic)
    elsewhere = "The text of this message stands in {}. Read it there before you go on."
    assert [(block.signal, block.text) for block in contents.blocks[1:]] == [
        ("danger", f"DANGER\n{elsewhere.format('w.dita#w/hot')}"),
        ("notice", f"NOTE\n{elsewhere.format('w.dita#w/any')}"),
        ("warning", f"WARNING\n{elsewhere.format('press/crush')}"),
        (None, "Tip: See w.dita#w/tip."),
        (None, "Go."),
    ]
    assert contents.report["messages_elsewhere"] == 3


def test_a_warning_without_text_is_shown_and_takes_no_step_for_its_text(tmp_path: Path):
    body = '<context><note type="warning"/></context><steps><step><cmd>Go.</cmd></step></steps>'
    assert _task(tmp_path, body) == [
        ("safety", "", "WARNING\nThe topic gives no text for it."),
        ("step", "1.", "Go."),
    ]


def test_a_section_whose_title_is_a_signal_word_is_a_message(tmp_path: Path):
    topic = """<topic id="t"><title>T</title><body><section><title>WARNING</title><p>Hot.</p>
        <p>Let it cool.</p></section></body></topic>"""
    blocks = _read(tmp_path, topic).blocks[1:]
    assert [(block.kind, block.text) for block in blocks] == [
        ("safety", "WARNING\nHot."),
        ("paragraph", "Let it cool."),
    ]


def test_a_topic_with_a_title_only_is_empty(tmp_path: Path):
    with pytest.raises(EmptyDocument, match="below its title"):
        _read(tmp_path, '<topic id="t"><title>T</title></topic>')
