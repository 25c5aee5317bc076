"""The training deck on the lockout of the compressor, eight slides and a hidden one."""

from __future__ import annotations

from pathlib import Path

from pptx import Presentation
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.util import Cm, Pt

from office import freeze

NUMBER = "TR-KP-02"
TITLE = "Training TR-KP-02: Lockout of the screw compressor RC-15"
FACTS = (
    "Document no. TR-KP-02",
    "Revision 2",
    "Date: 2024-10-07",
    "Models: RC-15, RC-15D, RC-15V",
)
# Title, lines, table (header first), speaker notes.
SLIDES: tuple[tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...], str], ...] = (
    (
        "Why two locks are not enough",
        (
            "The RC-15D has two supplies: Q0 and Q10.",
            "Air is trapped in two spaces: the vessel, and the pipe in front of V1.",
            "In 2022 a fitter of our plant opened the outlet pipe with 6 bar behind it.",
        ),
        (),
        "Let somebody tell what happened in 2022. Do not name the fitter.",
    ),
    (
        "Who may lock out",
        (
            "Only persons on the list AL-KP, which hangs at the door of the compressor room.",
            "Everybody hangs a padlock of his own: red for maintenance, blue for contractors.",
            "Lost key: only the shift leader cuts a padlock, with form F-12.",
        ),
        (),
        "Show form F-12.",
    ),
    (
        "Isolation points",
        (),
        (
            ("Tag", "Energy", "Secured by"),
            ("Q0", "400 V, main motor and control", "Position OFF, padlock"),
            ("Q10", "230 V, dryer of the RC-15D", "Position 0, padlock"),
            ("V1", "Compressed air of the network, up to 10 bar", "Lever across the pipe, padlock"),
            ("V2", "Air trapped behind the minimum pressure valve", "Left open, tag"),
            ("V3", "Air and oil pressure of the vessel", "Left open, tag"),
        ),
        "Walk to KP-02 and let everybody touch each point.",
    ),
    (
        "Steps 1 to 5: stop and lock",
        (
            "1. Tell the users of compressed air.",
            "2. Press STOP and wait 30 s; do not stop with S1.",
            "3. After 2 minutes the vessel pressure must be below 0.8 bar.",
            "4. Q0 to OFF, padlock and tag; RC-15D: Q10 as well.",
            "5. RC-15V: leave the covers of U1 closed for 10 minutes.",
        ),
        (),
        "Question: why not S1? The oil foams.",
    ),
    (
        "Steps 6 to 10: vent and prove",
        (
            "6. Close V1 and lock it.",
            "7. Open V3 slowly, over about 10 s, and wait a further 5 minutes.",
            "8. Open V2 and wait until no more air leaves it.",
            "9. PI1 must show 0.0 bar; tap the gauge.",
            "10. Press START: the display must stay dark.",
        ),
        (),
        "The gauge of KP-01 stuck in 2021.",
    ),
    (
        "What goes wrong",
        (),
        (
            ("Fault", "Cause", "Remedy"),
            (
                "Air still flows at V2 after 60 s",
                "V1 leaks",
                "Close and lock gate valve GV-1 of the network as well",
            ),
            (
                "Display lights up at the start test",
                "Q0 of the wrong compressor was locked",
                "Compare the tag plate of the machine with the lockout card",
            ),
            (
                "Padlock does not fit Q10",
                "Three padlocks of 8 mm hang in the lug",
                "Use the hasp LH-6 from the lockout board",
            ),
        ),
        "Ask for other cases.",
    ),
    (
        "Return to service",
        (
            "WARNING: A machine set to automatic restart may start within 20 s after Q0 is on.",
            "Fit all panels before Q0 is turned on.",
            "The dryer needs 3 minutes before the compressor may be loaded.",
            "Hand the lockout card back; it is kept for 2 years.",
        ),
        (),
        "Hand out the test sheet.",
    ),
)
HIDDEN_SLIDE = ("Old limits, withdrawn", "Until 2019 a vessel pressure of 1.5 bar was accepted.")


def write(path: Path) -> None:
    """Write the deck; the same source gives the same bytes."""
    deck = Presentation()
    deck.core_properties.title = TITLE
    deck.core_properties.author = "Plant North, maintenance"
    first = deck.slides.add_slide(deck.slide_layouts[0])
    first.shapes.title.text = TITLE
    first.placeholders[1].text = "\n".join(FACTS)
    first.notes_slide.notes_text_frame.text = "Welcome. Check the list of participants."
    for title, lines, table, notes in SLIDES:
        slide = _slide(deck, title, lines)
        if table:
            _table(slide, table)
        slide.notes_slide.notes_text_frame.text = notes
    _slide(deck, HIDDEN_SLIDE[0], HIDDEN_SLIDE[1:])._element.set("show", "0")
    deck.save(str(path))
    freeze(path)


def _slide(deck: Deck, title: str, lines: tuple[str, ...]) -> Slide:
    slide = deck.slides.add_slide(deck.slide_layouts[1 if lines else 5])
    slide.shapes.title.text = title
    if lines:
        slide.placeholders[1].text = "\n".join(lines)
    return slide


def _table(slide: Slide, rows: tuple[tuple[str, ...], ...]) -> None:
    frame = slide.shapes.add_table(len(rows), len(rows[0]), Cm(1.5), Cm(4.5), Cm(22), Cm(10))
    for line, row in zip(frame.table.rows, rows, strict=True):
        for cell, text in zip(line.cells, row, strict=True):
            cell.text = text
            cell.text_frame.paragraphs[0].font.size = Pt(14)
