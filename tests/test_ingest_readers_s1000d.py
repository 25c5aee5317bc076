"""S1000D modules: what a technician reads of them, in order, and nothing lost."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from lxml import etree

from index.corpus import Block
from ingest.chunking import cut
from ingest.code_extraction import find_codes
from ingest.readers.contents import Contents
from ingest.readers.xml_module import read_xml
from tests.components import bench_folder

_CODE = (
    'modelIdentCode="PUMP" systemDiffCode="A" systemCode="D00" subSystemCode="0" '
    'subSubSystemCode="1" assyCode="02" disassyCode="00" disassyCodeVariant="AA" '
    'infoCode="{info}" infoCodeVariant="A" itemLocationCode="D"'
)


def _module(tmp_path: Path, content: str, info: str = "520", status: str = "") -> Contents:
    code = _CODE.format(info=info)
    path = tmp_path / "module.xml"
    path.write_text(
        f"""<dmodule><identAndStatusSection><dmAddress><dmIdent><dmCode {code}/>
        <language languageIsoCode="en" countryIsoCode="US"/>
        <issueInfo issueNumber="003" inWork="01"/></dmIdent><dmAddressItems>
        <issueDate year="2023" month="4" day="09"/>
        <dmTitle><techName>Pump</techName><infoName>Remove</infoName></dmTitle>
        </dmAddressItems></dmAddress><dmStatus issueType="new">{status}</dmStatus>
        </identAndStatusSection><content>{content}</content></dmodule>""",
        encoding="utf-8",
    )
    return read_xml(path)


def _shown(contents: Contents) -> list[tuple[str, str, str]]:
    return [(block.kind, block.number, block.text) for block in contents.blocks[1:]]


def _procedure(steps: str, requirements: str = "") -> str:
    return (
        f"<procedure><preliminaryRqmts>{requirements}</preliminaryRqmts>"
        f"<mainProcedure>{steps}</mainProcedure></procedure>"
    )


def test_the_address_becomes_number_revision_date_title_and_kind(tmp_path: Path):
    status = """<applic><displayText><simplePara>X1 Mk2</simplePara></displayText>
        <evaluate andOr="and"><assert applicPropertyIdent="model" applicPropertyValues="X1"/>
        <assert applicPropertyIdent="version" applicPropertyValues="Mk2"/>
        <assert applicPropertyIdent="serialno" applicPropertyValues="100~199|300"/></evaluate>
        </applic>"""
    steps = "<proceduralStep><para>Go.</para></proceduralStep>"
    contents = _module(tmp_path, _procedure(steps), status=status)
    facts = contents.facts
    assert facts.number == "DMC-PUMP-A-D00-01-02-00AA-520A-D"
    assert (facts.revision, facts.date, facts.language) == ("003-01", "2023-04-09", "en")
    assert (facts.kind, facts.models) == ("procedure", ("X1 Mk2",))
    assert facts.serials == ("100-199", "300")
    assert contents.title == "Pump - Remove"
    assert _shown(contents)[0] == ("paragraph", "", "Applies to: X1 Mk2")


def test_a_description_is_a_manual_whatever_its_information_code(tmp_path: Path):
    contents = _module(tmp_path, "<description><para>A pump.</para></description>", info="520")
    assert contents.facts.kind == "manual"


def test_nested_steps_are_numbered_and_keep_warnings_lists_and_figures_in_place(tmp_path: Path):
    steps = """<proceduralStep><warning><warningAndCautionPara>Hot.</warningAndCautionPara>
        </warning><para>Open:<randomList><listItem><para>V1</para></listItem><listItem>
        <para>V2</para></listItem></randomList></para><figure><title>Valves</title>
        <graphic infoEntityIdent="ICN-1"><hotspot applicationStructureName="1"
        hotspotTitle="VALVE"/></graphic></figure><para>Wait.</para>
        <proceduralStep><caution><warningAndCautionPara>Do not drop.</warningAndCautionPara>
        </caution><para>Lift.</para></proceduralStep></proceduralStep>
        <proceduralStep><note><notePara>Only a note.</notePara></note></proceduralStep>"""
    assert _shown(_module(tmp_path, _procedure(steps))) == [
        ("heading", "", "Procedure"),
        ("safety", "", "WARNING\nHot."),
        ("step", "1.", "Open:\n• V1\n• V2"),
        ("caption", "", "Fig. 1 Valves (ICN-1)"),
        ("figure", "", "1 VALVE"),
        ("paragraph", "", "Wait."),
        ("safety", "", "CAUTION\nDo not drop."),
        ("step", "1.1", "Lift."),
        ("step", "2.", "NOTE: Only a note."),
    ]


def test_a_step_states_what_it_applies_to_and_its_substeps_inherit_it(tmp_path: Path):
    applic = """<referencedApplicGroup><applic id="a1"><displayText><simplePara>Mk9</simplePara>
        </displayText></applic></referencedApplicGroup>"""
    steps = """<proceduralStepAlts><proceduralStep applicRefId="a1"><para>Cut.</para>
        <proceduralStep><para>Strip.</para></proceduralStep></proceduralStep>
        <proceduralStep><para>Pull.</para></proceduralStep></proceduralStepAlts>"""
    assert _shown(_module(tmp_path, applic + _procedure(steps)))[1:] == [
        ("step", "1.", "[Applies to: Mk9] Cut."),
        ("step", "1.1", "[Applies to: Mk9] Strip."),
        ("step", "1.", "Pull."),
    ]


def test_requirements_are_tables_and_a_step_names_tools_with_their_numbers(tmp_path: Path):
    requirements = """<reqSpares><spareDescrGroup><spareDescr id="s1"><name>Seal</name>
        <identNumber><manufacturerCode>K1</manufacturerCode><partAndSerialNumber>
        <partNumber>SE-007</partNumber></partAndSerialNumber></identNumber>
        <reqQuantity unitOfMeasure="EA">2</reqQuantity></spareDescr></spareDescrGroup>
        </reqSpares>"""
    steps = """<proceduralStep><para>Fit the <internalRef internalRefId="s1"/>, see
        <internalRef internalRefId="gone"/>.</para></proceduralStep>"""
    contents = _module(tmp_path, _procedure(steps, requirements))
    row = next(block for block in contents.blocks if block.kind == "row")
    assert row.header == ("Spare name", "Part number", "Manufacturer", "Quantity", "Remarks")
    assert row.cells == ("Seal", "SE-007", "K1", "2 EA", "")
    assert _shown(contents)[-1] == ("step", "1.", "Fit the Seal (SE-007), see gone.")
    assert contents.report["unresolved_references"] == ["gone"]
    codes = find_codes(cut(contents.blocks)[0], "Pump")
    assert [(code.code, code.kind, code.meaning) for code in codes] == [("SE-007", "part", "Seal")]


def test_a_warning_that_another_module_keeps_is_named_and_reported(tmp_path: Path):
    content = f"""<warningsAndCautionsRef><warningRef id="w1" warningIdentNumber="warning-001">
        <dmRef><dmRefIdent><dmCode {_CODE.format(info="012")}/></dmRefIdent></dmRef></warningRef>
        </warningsAndCautionsRef>"""
    steps = '<proceduralStep warningRefs="w1"><para>Go.</para></proceduralStep>'
    contents = _module(tmp_path, content + _procedure(steps))
    place = "warning-001 in DMC-PUMP-A-D00-01-02-00AA-012A-D"
    assert _shown(contents)[1:] == [
        (
            "safety",
            "",
            "WARNING\nThe text of warning-001 stands in DMC-PUMP-A-D00-01-02-00AA-012A-D. "
            "Read it there before you go on.",
        ),
        ("step", "1.", "Go."),
    ]
    assert contents.report["unresolved_references"] == [place]
    assert contents.report["messages_elsewhere"] == 1


def test_a_message_that_is_nowhere_is_shown_as_one_that_must_be_found(tmp_path: Path):
    steps = '<proceduralStep cautionRefs="c9"><para>Go.</para></proceduralStep>'
    contents = _module(tmp_path, _procedure(steps))
    assert _shown(contents)[1:] == [
        (
            "safety",
            "",
            "CAUTION\nThe text of caution c9 is not in this module. Find it before you go on.",
        ),
        ("step", "1.", "Go."),
    ]
    assert contents.report["messages_elsewhere"] == 1


_KEPT = """<warningsAndCautions><warning id="w1"><warningAndCautionPara>High voltage.
    </warningAndCautionPara></warning></warningsAndCautions>"""


@pytest.mark.parametrize(
    "content",
    [
        _procedure('<proceduralStep><para warningRefs="w1">Go.</para></proceduralStep>'),
        _procedure(
            "<proceduralStep><para>Go:<randomList><listItem warningRefs='w1'><para>V1</para>"
            "</listItem></randomList></para></proceduralStep>"
        ),
        _procedure(
            "<proceduralStep><para>Go.</para></proceduralStep>",
            '<reqCondGroup><reqCondNoRef warningRefs="w1"><reqCond>Power on</reqCond>'
            "</reqCondNoRef></reqCondGroup>",
        ),
        """<description><table warningRefs="w1"><tgroup cols="1"><tbody><row><entry><para>Go.
        </para></entry></row></tbody></tgroup></table></description>""",
        """<description><figure warningRefs="w1"><title>Go</title><graphic infoEntityIdent="I"/>
        </figure></description>""",
        '<description><note warningRefs="w1"><notePara>Go.</notePara></note></description>',
    ],
    ids=["paragraph of a step", "item in a step", "condition", "table", "figure", "note"],
)
def test_a_warning_is_shown_before_whatever_refers_to_it(tmp_path: Path, content: str):
    shown = _shown(_module(tmp_path, _KEPT + content))
    kinds = [kind for kind, _, _ in shown]
    assert shown[kinds.index("safety")] == ("safety", "", "WARNING\nHigh voltage.")
    assert kinds.count("safety") == 1
    guarded = shown[kinds.index("safety") + 1 :]
    assert any(re.search("Go|V1|Power", text) for _, _, text in guarded)
    before = shown[: kinds.index("safety")]
    assert all(kind in ("heading", "caption") for kind, _, _ in before)


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<symbol infoEntityIdent='ICN-7'/>", "See the sign ICN-7."),
        ("<warningAndCautionPara/>", "The module gives no text for it."),
    ],
)
def test_a_warning_without_words_is_shown_and_takes_no_step_for_its_text(
    tmp_path: Path, inside: str, text: str
):
    steps = f"<proceduralStep><warning>{inside}</warning><para>Go.</para></proceduralStep>"
    assert _shown(_module(tmp_path, _procedure(steps)))[1:] == [
        ("safety", "", f"WARNING\n{text}"),
        ("step", "1.", "Go."),
    ]


def test_a_paragraph_under_a_title_that_is_a_signal_word_is_a_message(tmp_path: Path):
    content = """<description><levelledPara><title>WARNING</title><para>Hot oil.</para>
        <para>Wait.</para></levelledPara></description>"""
    assert _shown(_module(tmp_path, content)) == [
        ("safety", "", "WARNING\nHot oil."),
        ("paragraph", "", "Wait."),
    ]


def test_a_warning_that_the_module_keeps_itself_stands_where_it_is_referred_to(tmp_path: Path):
    content = """<warningsAndCautions><warning id="w1"><warningAndCautionPara>High voltage.
        </warningAndCautionPara></warning></warningsAndCautions>"""
    steps = """<proceduralStep><para>First.</para></proceduralStep>
        <proceduralStep warningRefs="w1"><para>Go.</para></proceduralStep>"""
    assert _shown(_module(tmp_path, content + _procedure(steps)))[1:] == [
        ("step", "1.", "First."),
        ("safety", "", "WARNING\nHigh voltage."),
        ("step", "2.", "Go."),
    ]


def test_fault_isolation_says_where_each_answer_leads(tmp_path: Path):
    content = """<faultIsolation><faultIsolationProcedure><fault faultCode="F1234"/>
        <faultDescr><descr>Pump stops</descr></faultDescr><isolationProcedure>
        <isolationMainProcedure><isolationStep id="s1"><action>Measure.</action>
        <isolationStepQuestion>Is it hot?</isolationStepQuestion><isolationStepAnswer>
        <yesNoAnswer><yesAnswer nextActionRefId="s2"/><noAnswer nextActionRefId="zz"/>
        </yesNoAnswer></isolationStepAnswer></isolationStep>
        <isolationProcedureEnd id="s2"><action>Replace the fan.</action></isolationProcedureEnd>
        </isolationMainProcedure></isolationProcedure></faultIsolationProcedure></faultIsolation>"""
    contents = _module(tmp_path, content, info="420")
    lost = 'No: go to "zz", which is not in this module.'
    assert _shown(contents) == [
        ("heading", "", "Fault code F1234"),
        ("paragraph", "", "Pump stops"),
        ("step", "1.", f"Measure.\nIs it hot?\nYes: go to step 2.\n{lost}"),
        ("step", "2.", "Replace the fan.\nEnd of the fault isolation."),
    ]
    (code,) = find_codes(cut(contents.blocks)[0], "Pump")
    assert (code.code, code.meaning) == ("F1234", "Pump stops")
    assert contents.facts.kind == "procedure"


def test_a_reported_fault_is_a_row_with_code_cause_and_remedy(tmp_path: Path):
    content = """<faultReporting><isolatedFault faultCode="NY03"><faultDescr><descr>No flow</descr>
        </faultDescr><locateAndRepair><locateAndRepairLruItem><lru><name>Filter</name>
        <identNumber><partAndSerialNumber><partNumber>FI-1</partNumber></partAndSerialNumber>
        </identNumber></lru><repair><simplePara>Clean it.</simplePara></repair>
        </locateAndRepairLruItem></locateAndRepair></isolatedFault></faultReporting>"""
    contents = _module(tmp_path, content, info="411")
    (code,) = find_codes(cut(contents.blocks)[0], "Pump")
    assert (code.code, code.meaning, code.causes) == ("NY03", "No flow", ("Filter (FI-1)",))
    assert code.remedies == ("Clean it.",)


def test_parts_data_is_rows_with_item_number_description_and_quantity(tmp_path: Path):
    content = """<illustratedPartsCatalog><catalogSeqNumber figureNumber="01" item="004">
        <itemSeqNumber itemSeqNumberValue="00A"><quantityPerNextHigherAssy>2
        </quantityPerNextHigherAssy><partRef partNumberValue="AB-12" manufacturerCodeValue="K7"/>
        <partSegment><itemIdentData><descrForPart>O-ring</descrForPart></itemIdentData>
        </partSegment></itemSeqNumber></catalogSeqNumber></illustratedPartsCatalog>"""
    row = _module(tmp_path, content, info="941").blocks[1]
    assert row.header[:5] == ("Item", "Part number", "Description", "Quantity", "Manufacturer")
    assert row.cells[:5] == ("Fig. 01 item 004", "AB-12", "O-ring", "2", "K7")


def test_levelled_paragraphs_are_numbered_headings_and_tables_resolve_their_spans(tmp_path: Path):
    content = """<description><levelledPara><title>Build</title><levelledPara><title>Frame</title>
        <table><title>Torques</title><tgroup cols="3"><colspec colname="a"/>
        <colspec colname="b"/><colspec colname="c"/><thead><row>
        <entry morerows="1"><para>Bolt</para></entry>
        <entry namest="b" nameend="c"><para>Torque</para></entry></row><row>
        <entry colname="b"><para>min</para></entry><entry><para>max</para></entry></row></thead>
        <tbody><row><entry morerows="1"><para>M8</para></entry><entry><para>1</para></entry>
        <entry><para>2</para></entry></row><row><entry><para>3</para></entry>
        <entry><para>4</para></entry></row></tbody></tgroup></table>
        </levelledPara></levelledPara></description>"""
    blocks = _module(tmp_path, content, info="040").blocks[1:]
    assert [(b.kind, b.level, b.number) for b in blocks[:2]] == [
        ("heading", 2, "1"),
        ("heading", 3, "1.1"),
    ]
    assert [b.text for b in blocks[2:]] == ["Table 1 Torques", "M8 | 1 | 2", "M8 | 3 | 4"]
    assert blocks[3].header == ("Bolt", "Torque / min", "Torque / max")


def test_data_without_text_keeps_its_values_under_their_names(tmp_path: Path):
    content = """<wiringData><wireGroup><wire><wireIdent><wireNumber>W1</wireNumber></wireIdent>
        <length>20</length></wire><wire><wireIdent><wireNumber>W2</wireNumber></wireIdent>
        <length>30</length></wire></wireGroup></wiringData>"""
    assert _shown(_module(tmp_path, content, info="057")) == [
        ("paragraph", "", "wire number: W1; length: 20"),
        ("paragraph", "", "wire number: W2; length: 30"),
    ]


def test_comments_and_instructions_are_hidden_and_the_text_around_them_stays(tmp_path: Path):
    para = "<para>Tur<!-- not for\ncustomers -->n <?pub ignore me?>left.\U000e0048\U000e0069</para>"
    contents = _module(tmp_path, f"<description>{para}</description>")
    assert _shown(contents) == [("paragraph", "", "Turn left.")]
    assert {(hidden.text, hidden.reason) for hidden in contents.hidden} == {
        ("not for customers", "XML comment"),
        ("ignore me", "XML instruction"),
        ("Hi", "tag characters"),
    }


# The independent count: texts of each kind by XPath, to be found in order in the blocks.
_KINDS = {
    "step": "//proceduralStep/title | //proceduralStep/para | //isolationStep/action"
    " | //isolationStepQuestion | //isolationProcedureEnd/action"
    " | //crewDrillStep//para[not(ancestor::table)]"
    " | //choice",
    "warning": "//warning//warningAndCautionPara | //warningSpec/warningAndCautionPara",
    "caution": "//caution//warningAndCautionPara | //cautionSpec/warningAndCautionPara",
    "part": "//catalogSeqNumber//partRef/@partNumberValue | //spareDescr//partNumber"
    " | //embeddedSpareDescr//partNumber | //partSpec/partIdent/@partNumberValue"
    " | //supportEquipDescr//partNumber | //supplyDescr//partNumber",
}
_WORD = re.compile(r"\w+")


def _plain(path: Path) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, remove_comments=True, remove_pis=True, no_network=True
    )
    return etree.parse(str(path), parser).getroot()


def _pieces(found: etree._Element | str) -> list[str]:
    """The own words of a text, reference by reference: what a reference says is resolved."""
    if isinstance(found, str):
        return [found]
    blocks = ("figure", "table", "note", "warning", "caution", "proceduralStep", "footnote")
    return [
        text
        for node in found.xpath(".//text()")
        if not any(
            a.tag in ("dmRef", "internalRef", *blocks)
            for a in node.getparent().iterancestors()
            if a not in set(found.iterancestors()) and a is not found
        )
        and not (node.is_text and node.getparent() is not found and node.getparent().tag in blocks)
        for text in [str(node)]
        if _WORD.search(text)
    ]


def _kind_of(kind: str, block: Block) -> bool:
    if kind in ("warning", "caution"):
        return block.signal == kind
    return block.kind in ("row", "paragraph", *(("step",) if kind == "step" else ()))


@pytest.mark.bench_data
def test_every_step_warning_caution_and_part_of_the_bike_set_comes_through_in_order():
    checked: Counter[str] = Counter()
    for path in sorted((bench_folder() / "s1000d_bike").glob("*.XML")):
        root, blocks = _plain(path), read_xml(path).blocks
        for kind, query in _KINDS.items():
            words = [" ".join(_WORD.findall(b.text)) for b in blocks if _kind_of(kind, b)]
            whole = f" {'  '.join(words)} "
            position = 0
            for found in root.xpath(query):
                pieces = [" ".join(_WORD.findall(piece)) for piece in _pieces(found)]
                for piece in pieces:
                    at = whole.find(f" {piece} ", position)
                    assert at >= 0, (path.name, kind, piece)
                    position = at + len(piece)
                checked[kind] += bool(pieces)
    assert checked["step"] > 330, checked
    assert (checked["warning"], checked["caution"]) == (15, 16), checked
    assert checked["part"] > 100, checked


@pytest.mark.bench_data
def test_every_visible_word_of_the_bike_set_stands_in_a_block():
    visible = missing = 0
    for path in sorted((bench_folder() / "s1000d_bike").glob("*.XML")):
        blocks = read_xml(path).blocks
        words = Counter(_WORD.findall(" ".join((*(b.text for b in blocks), *_headers(blocks)))))
        body = [part for part in _plain(path) if "}" not in part.tag and "Status" not in part.tag]
        expected = Counter(_WORD.findall(" ".join(t for part in body for t in part.itertext())))
        visible += expected.total()
        missing += (expected - words).total()
    assert visible > 19_000
    assert missing / visible < 0.01, missing


def _headers(blocks: tuple[Block, ...]) -> list[str]:
    return [" ".join(block.header) for block in blocks]
