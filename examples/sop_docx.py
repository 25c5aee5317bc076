"""The work instruction of the lathe's coolant as a Word document."""

from __future__ import annotations

from pathlib import Path

from docx import Document
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import Table

from office import freeze

NUMBER = "SOP-LT-014"
TITLE = "Work instruction SOP-LT-014: Change of the coolant"
FACTS = (
    "Document no. SOP-LT-014",
    "Revision 3",
    "Date: 2025-01-20",
    "Models: LT-25, LT-25M",
    "Equipment: LT-01, LT-02, LT-03",
)
PURPOSE = (
    "The coolant of a lathe is changed every 12 months, and at once when its pH falls below 8.4. "
    "The work takes 3 h for one person."
)
FOOTNOTE = "The factor of the concentrate KSS-7 is 1.4; another concentrate has another factor."
TEXT_BOX = "Skin: barrier cream BC-2 before the work, skin care cream SC-1 after it."
HIDDEN_RUN = "Until 2023 the old emulsion went into gully G-4."
COMMENT = "Ask purchasing whether KSS-7 may be replaced by a cheaper one."
DANGER = (
    "The conveyor starts from the control although the pump is off. It pulls hands in at the "
    "discharge. Lock Q1 and Q2 before the tank is pulled out."
)
CAUTION = (
    "Used emulsion carries bacteria and fine chips. Wear nitrile gloves and safety glasses; do not "
    "use compressed air in the tank."
)
PREPARE = (
    "Tell the shift leader and put the sign NO COOLANT on the panel.",
    "Run the chip conveyor for 10 minutes and empty the chip cart.",
    "Lock out the lathe as described in LT25-SM-EN, section 2.3, including Q2.",
    "Unplug the pump M8 and pull the coolant tank out to the front.",
)
CLEAN = (
    "Suck the tank empty with the mobile unit MU-3 into the waste container WC-2.",
    "Take out the strainer basket and wash it with water below 40 °C.",
    "Scrape the sludge out with the plastic shovel. The float switch B51 must move freely.",
    "Fill 60 l of water and 0.6 l of system cleaner SR-5, push the tank in and circulate for 1 h.",
    "Suck the cleaner out as well and rinse with 20 l of water.",
)
FILL = (
    "Fill 186 l of water first, then 14 l of concentrate KSS-7. Never pour water into concentrate.",
    "Return to service as described in LT25-SM-EN, section 2.4, and circulate for 20 minutes.",
    "Measure with the refractometer: 5.0 °Brix times 1.4 gives 7 %.",
    "Write date, concentration and pH on the label of the tank and into the log.",
)
CONCENTRATION = (
    ("Material", "Concentration", "Reading"),
    ("Steel", "7 %", "5.0 °Brix"),
    ("Cast iron", "6 %", "4.3 °Brix"),
    ("Aluminium", "8 %", "5.7 °Brix"),
)
FAULTS = (
    ("Fault", "Cause", "Remedy"),
    (
        "Smell of rotten eggs on Monday",
        "Bacteria after a standstill of more than 4 days",
        "Circulate 2 h, add 0.3 l of biocide BZ-1; change the coolant if the smell returns",
    ),
    (
        "Foam runs over the tank",
        "Water softer than 5 °dH",
        "Add 50 g of calcium acetate, wait 30 minutes",
    ),
    (
        "Rust film on parts",
        "Concentration below 5 %",
        "Add concentrate until the reading is 5.0 °Brix",
    ),
    (
        "Skin irritation of the operators",
        "Concentration above 10 %",
        "Add water until 7 % are reached, report to the safety office",
    ),
)
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_BOX = (
    f'<w:r {_W} xmlns:v="urn:schemas-microsoft-com:vml"><w:pict>'
    '<v:shape style="width:200pt;height:50pt"><v:textbox><w:txbxContent><w:p><w:r><w:t>{}</w:t>'
    "</w:r></w:p></w:txbxContent></v:textbox></v:shape></w:pict></w:r>"
)
_NOTES = (
    f"<w:footnotes {_W}>"
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:id="1"><w:p><w:r><w:footnoteRef/></w:r><w:r>'
    '<w:t xml:space="preserve"> {}</w:t></w:r></w:p></w:footnote></w:footnotes>'
)


def write(path: Path) -> None:
    """Write the document; the same source gives the same bytes."""
    document = Document()
    document.core_properties.title = TITLE
    document.core_properties.author = "Plant North, maintenance"
    document.core_properties.comments = ""
    document.add_heading(TITLE, 0)
    for fact in FACTS:
        document.add_paragraph(fact)
    document.add_heading("1 Purpose", 1)
    purpose = document.add_paragraph(PURPOSE)
    purpose._p.append(parse_xml(_BOX.format(TEXT_BOX)))
    purpose.add_run(" " + HIDDEN_RUN).font.hidden = True
    comment = document.add_comment(purpose.runs[:1], COMMENT, author="J. Lind", initials="JL")
    comment._comment_elm.set(qn("w:date"), "2025-01-15T08:00:00Z")
    document.add_heading("2 Preparation", 1)
    _message(document, "DANGER", DANGER)
    _steps(document, PREPARE)
    document.add_heading("3 Cleaning", 1)
    document.add_paragraph().add_run("CAUTION").bold = True
    document.add_paragraph(CAUTION)
    _steps(document, CLEAN)
    document.add_page_break()
    document.add_heading("4 Filling", 1)
    _steps(document, FILL)
    document.add_paragraph("Table 1: Concentration by material", style="Caption")
    _table(document, CONCENTRATION)
    reading = document.add_paragraph("The reading is multiplied by the factor of the concentrate.")
    _footnote(document, reading.add_run()._r)
    document.add_heading("5 Faults", 1)
    document.add_paragraph("Table 2: Faults of the coolant", style="Caption")
    _table(document, FAULTS)
    document.save(str(path))
    freeze(path)


def _steps(document: WordDocument, steps: tuple[str, ...]) -> None:
    """Steps that Word numbers by itself, from 1 in each list."""
    numbering = document.part.numbering_part.element
    style = document.styles["List Number"]
    base = numbering.num_having_numId(style.element.pPr.numPr.numId.val)
    number = numbering.add_num(base.abstractNumId.val)
    number.add_lvlOverride(ilvl=0).add_startOverride(1)
    for step in steps:
        properties = document.add_paragraph(step, style=style)._p.get_or_add_pPr()
        numbered = properties.get_or_add_numPr()
        numbered.get_or_add_ilvl().val = 0
        numbered.get_or_add_numId().val = number.numId


def _message(document: WordDocument, signal: str, text: str) -> None:
    box = document.add_table(2, 1, style="Table Grid")
    run = box.cell(0, 0).paragraphs[0].add_run(signal)
    run.bold = True
    run.font.size = Pt(14)
    box.cell(1, 0).text = text


def _table(document: WordDocument, rows: tuple[tuple[str, ...], ...]) -> Table:
    table = document.add_table(len(rows), len(rows[0]), style="Table Grid")
    for line, row in zip(table.rows, rows, strict=True):
        for cell, text in zip(line.cells, row, strict=True):
            cell.text = text
    for cell in table.rows[0].cells:
        for run in cell.paragraphs[0].runs:
            run.bold = True
    return table


def _footnote(document: WordDocument, run: object) -> None:
    part = Part(
        PackURI("/word/footnotes.xml"),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml",
        _NOTES.format(FOOTNOTE).encode(),
        document.part.package,
    )
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    run.append(parse_xml(f'<w:footnoteReference {_W} w:id="1"/>'))  # type: ignore[attr-defined]
