"""The alarm list and the spare parts of the bar feeder as a workbook."""

from __future__ import annotations

from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from office import freeze

NUMBER = "BF12-AL-EN"
TITLE = "BF-12 bar feeder: alarms and spare parts"
FACTS = ("Document no. BF12-AL-EN", "Revision 2", "Date: 2024-09-02", "Models: BF-12")
ALARM_HEADER = ("Group", "Alarm", "Meaning", "Cause", "Remedy", "Lathe stops")
# The cells of a group are merged in the workbook.
ALARMS = (
    ("Magazine", "B101", "Magazine empty", "No bar on the slope", "Load bars, press RESET", "no"),
    (
        "Magazine",
        "B102",
        "Bar not lifted",
        "Bent bar or lifter chain slack",
        "Straighten or remove the bar; set the chain to 10 mm of sag",
        "yes",
    ),
    (
        "Magazine",
        "B103",
        "Two bars in the channel",
        "Separator set for a larger diameter",
        "Set the separator to the diameter of the bar plus 0.5 mm",
        "yes",
    ),
    (
        "Feeding",
        "B104",
        "Bar not fed",
        "Pusher collet worn or channel too narrow",
        "Follow BF12-TS-01",
        "yes",
    ),
    (
        "Feeding",
        "B105",
        "Pusher does not reach the reference switch",
        "Chips in the channel or switch SQ3 moved",
        "Blow the channel out; set SQ3 to a gap of 1.5 mm",
        "yes",
    ),
    (
        "Feeding",
        "B106",
        "Following error of the pusher",
        "Pusher belt slack or servo gain changed",
        "Set the belt to 48 Hz; load the parameters again",
        "yes",
    ),
    (
        "Remnant",
        "B111",
        "Remnant not pulled out",
        "Gripper air below 5 bar",
        "Set the regulator to 6 bar, look for a leak at hose 7",
        "yes",
    ),
    (
        "Remnant",
        "B112",
        "Remnant too long",
        "Bar end position not learned",
        "Teach the bar end on page SETUP 4",
        "no",
    ),
    (
        "Oil",
        "B121",
        "Guide oil low",
        "Oil lost through the front seal",
        "Fill 4 l of ISO VG 100, replace the front seal 0041230",
        "no",
    ),
    (
        "Safety",
        "B131",
        "Cover open",
        "Cover switch SQ9 not actuated",
        "Close the cover; check the actuator, part 0041255",
        "yes",
    ),
)
PART_HEADER = ("Part number", "Description", "Quantity", "Price group")
PARTS = (
    ("0041207", "Pusher collet 12 to 20 mm", 1, "A"),
    ("0041208", "Pusher collet 20 to 32 mm", 1, "A"),
    ("0041215", "Pusher belt HTD 8M, 7200 mm", 1, "C"),
    ("0041230", "Front seal", 2, "A"),
    ("0041255", "Actuator of cover switch SQ9", 1, "B"),
)
# Stored as numbers; only the number format 0000000 shows the zeros.
FORMATTED_PARTS = (("0052310", "Servo drive of the pusher", 1, "D"), ("0052344", "Gripper", 1, "C"))
HIDDEN_SHEET = "Purchase prices: collet 41.20 EUR"
HIDDEN_ROW = ("Oil", "B122", "Guide oil pump test", "Factory test only", "Not for customers", "no")


def write(path: Path) -> None:
    """Write the workbook; the same source gives the same bytes."""
    book = Workbook()
    _alarm_sheet(book.active)
    _part_sheet(book.create_sheet("Spare parts"))
    hidden = book.create_sheet("Internal")
    hidden["A1"] = HIDDEN_SHEET
    hidden.sheet_state = "hidden"
    book.properties.title = TITLE
    book.properties.creator = "Stangflo"
    book.save(path)
    freeze(path)


def _alarm_sheet(sheet: Worksheet) -> None:
    sheet.title = "Alarms"
    sheet["A1"] = TITLE
    sheet["A1"].font = Font(bold=True, size=16)
    sheet.merge_cells("A1:F1")
    for row, fact in enumerate(FACTS, start=2):
        sheet.cell(row, 1, fact)
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=6)
    top = len(FACTS) + 3
    _header(sheet, top, ALARM_HEADER)
    starts: dict[str, int] = {}
    for row, alarm in enumerate((*ALARMS, HIDDEN_ROW), start=top + 1):
        for column, text in enumerate(alarm, start=1):
            if column > 1 or alarm[0] not in starts:
                sheet.cell(row, column, text)
        starts.setdefault(alarm[0], row)
        if alarm is HIDDEN_ROW:
            sheet.row_dimensions[row].hidden = True
    for group, start in starts.items():
        end = start + sum(alarm[0] == group for alarm in ALARMS) - 1
        if end > start:
            sheet.merge_cells(start_row=start, start_column=1, end_row=end, end_column=1)
            sheet.cell(start, 1).alignment = Alignment(vertical="top")
    sheet["E10"].comment = Comment("Customer complained, ask R&D.", "R. Hahn")
    for column, width in zip("ABCDEF", (12, 9, 30, 40, 50, 12), strict=True):
        sheet.column_dimensions[column].width = width


def _part_sheet(sheet: Worksheet) -> None:
    sheet["A1"] = "Spare parts of the BF-12"
    _header(sheet, 3, PART_HEADER)
    for row, part in enumerate((*PARTS, *FORMATTED_PARTS), start=4):
        for column, value in enumerate(part, start=1):
            sheet.cell(row, column, value)
        if part in FORMATTED_PARTS:
            sheet.cell(row, 1, int(part[0])).number_format = "0000000"


def _header(sheet: Worksheet, row: int, header: tuple[str, ...]) -> None:
    for column, text in enumerate(header, start=1):
        sheet.cell(row, column, text).font = Font(bold=True)
