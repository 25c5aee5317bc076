"""Exports of SAP, Maximo, a REST API and an old database, made of the plant's own tickets."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

from export_lines import Line, Truth, changed, tickets, truth, when, write_sheet, write_text

_EXCEL_EPOCH = datetime(1899, 12, 30)


def sap(out: Path) -> Truth:
    header = (
        "Meldung", "Equipment", "Technischer Platz", "Kurztext", "Langtext", "Ursache", "Maßnahme",
        "Gemeldet", "Uhrzeit", "Erledigt", "Ausfallzeit (h)", "Kosten", "Währung", "Stand",
    )  # fmt: skip
    lines: list[Line] = []
    for number, ticket in enumerate(tickets(240, 34), start=10004711):
        start, end = when(ticket["reported_at"]), when(ticket["completed_at"])
        hours = f"{int(ticket['downtime_min']) / 60:.2f}".replace(".", ",")
        cost = f"{1000 + 37.5 * float(ticket['labor_h']):,.2f}"
        lines.append(
            Line(
                (
                    f"{number:012d}", ticket["asset"], f"NORD-{ticket['asset'][:2]}",
                    ticket["title"], "", ticket["cause"], ticket["action"], f"{start:%d.%m.%Y}",
                    f"{start:%H:%M:%S}", f"{end:%d.%m.%Y}", hours,
                    cost.translate(str.maketrans(",.", ".,")), "EUR", "abgeschlossen",
                )
            )
        )  # fmt: skip
    own = ("000010004745", "PR-01", "NORD-PR", "Stößel läuft langsam, Öl heiß", "",
           "Kühler C1 verstaubt", "Kühler ausgeblasen", "02.09.2024", "06:10:00", "02.09.2024",
           "1,50",
           "120,00", "EUR",
           "abgeschlossen")  # fmt: skip
    lines.append(Line(own))
    long = "Schicht 1: Geräusch an Säule 3.\nSchicht 2: Führung gefettet.\nNoch beobachten."
    lines = changed(
        lines,
        {
            2: (4, long, "long text over three lines"),
            5: (1, "PR 02", "asset written PR 02 for PR-02"),
            8: (1, "LT-O1", "asset written with the letter O for LT-01"),
            11: (9, "00.00.0000", "no end date: 00.00.0000"),
            14: (7, "31.02.2024", "impossible date 31.02.2024"),
            17: (10, "-3,00", "negative downtime"),
            20: (10, "99999,00", "downtime of more than 11 years"),
            23: (9, "01.01.2024", "ends before it begins"),
        },
    )
    lines[11] = Line((*lines[11].cells[:13], "in Arbeit"), lines[11].wrong)
    lines.insert(13, Line(header, "header repeated", is_ticket=False))
    lines.insert(19, Line(lines[18].cells, "row above once more", same_as=True))
    broken = list(map(str, own))
    broken[0], broken[3] = "000010004746", "Öl tropft; Boden nass"
    lines.append(Line(raw=";".join(broken), wrong="unescaped semicolon: cells shifted by one"))
    total = ("Summe", *[""] * 9, "100123,00", "45.000,00", "EUR", "")
    lines.append(Line(total, "total", is_ticket=False))
    return write_text(out / "sap-meldungen.csv", header, lines, ";", "cp1252")


def _serial(text: str) -> float:
    """A date and time as Excel stores it: days since 1899-12-30."""
    return round((when(text) - _EXCEL_EPOCH) / timedelta(days=1), 6)


def maximo(out: Path) -> Truth:
    header = (
        "WONUM", "DESCRIPTION", "ASSETNUM", "LOCATION", "WORKTYPE", "STATUS", "WOPRIORITY",
        "REPORTDATE", "ACTFINISH", "FAILURECODE", "ACTLABHRS", "DOWNTIME (H)",
    )  # fmt: skip
    lines: list[Line] = []
    for number, ticket in enumerate(tickets(280, 42), start=100231):
        text = f"{ticket['title']}. {ticket['cause']}. {ticket['action']}"
        lines.append(
            Line(
                (
                    number, text, ticket["asset"], f"NORTH-{ticket['asset'][:2]}",
                    "CM" if ticket["type"] == "corrective" else "PM", "COMP",
                    int(ticket["priority"]),
                    _serial(ticket["reported_at"]), _serial(ticket["completed_at"]),
                    ticket["failure_mode"], float(ticket["labor_h"]),
                    round(int(ticket["downtime_min"]) / 60, 2),
                )
            )
        )  # fmt: skip
    lines = changed(
        lines,
        {
            3: (2, "pr-03 ", "asset in small letters with a blank"),
            6: (7, 0, "report date 0 (1899-12-30)"),
            9: (8, "N/A", "end date N/A"),
            12: (2, "KP-0l", "asset written with the letter l for KP-01"),
            16: (10, 720, "720 hours of labour in one ticket"),
            22: (11, -1.5, "negative downtime"),
            28: (7, "2024-10-14", "report date as text in a column of numbers"),
        },
    )
    lines.insert(18, Line(lines[17].cells, "row above once more", same_as=True))
    later = list(lines[20].cells)
    later[5] = "CLOSE"
    lines.insert(21, Line(tuple(later), "same WONUM as the row above, closed later", same_as=True))
    lines.insert(30, Line(header, "header repeated", is_ticket=False))
    lines.append(Line(("Total", *[None] * 10, 96.4), "total", is_ticket=False))
    return write_sheet(out / "maximo-wo.xlsx", ("Work order list",), header, lines)


def rest(out: Path) -> Truth:
    """Records of a list that a REST API returns; a row is the place in the list, from 1."""
    lines: list[Line] = []
    records: list[dict[str, object]] = []
    wrong = {
        4: "asset is null",
        9: "created as milliseconds since 1970",
        15: "markup in the description",
        20: "downtime is a text with its unit",
        26: "same id as the record before, updated later",
    }
    for place, ticket in enumerate(tickets(325, 32), start=1):
        record: dict[str, object] = {
            "id": f"WO-{ticket['ticket_id'][2:]}",
            "title": ticket["title"],
            "description": ticket["cause"],
            "resolution": ticket["action"],
            "asset": {"tag": ticket["asset"], "name": ticket["asset"]},
            "status": "COMPLETE",
            "priority": {"1": "HIGH", "2": "MEDIUM"}.get(ticket["priority"], "LOW"),
            "createdAt": ticket["reported_at"].replace(" ", "T") + ":00Z",
            "completedAt": ticket["completed_at"].replace(" ", "T") + ":00Z",
            "downtimeMinutes": int(ticket["downtime_min"]),
            "parts": [part for part in (ticket["parts"],) if part],
        }
        if place == 4:
            record["asset"] = None
        elif place == 9:
            seconds = (when(ticket["reported_at"]) - datetime(1970, 1, 1)) / timedelta(seconds=1)
            record["createdAt"] = int(seconds * 1000)
        elif place == 15:
            record["description"] = f"<p>{ticket['cause']}</p><br><b>see photo</b>"
        elif place == 20:
            record["downtimeMinutes"] = f"{ticket['downtime_min']} min"
        elif place == 26:
            record["id"] = records[-1]["id"]
        records.append(record)
        lines.append(Line(wrong=wrong.get(place, ""), same_as=place == 26))
    path = out / "rest-api.json"
    answer = {"meta": {"total": 32, "page": 1}, "data": records}
    path.write_text(json.dumps(answer, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return truth(path.name, lines, range(1, len(lines) + 1))


def utf16(out: Path) -> Truth:
    header = (
        "Ticket",
        "Machine",
        "Reported",
        "Completed",
        "Problem",
        "Cause",
        "Action",
        "Downtime min",
    )
    lines: list[Line] = []
    for ticket in tickets(360, 38):
        start, end = when(ticket["reported_at"]), when(ticket["completed_at"])
        lines.append(
            Line(
                (
                    ticket["ticket_id"], ticket["asset"], f"{start:%m/%d/%Y %I:%M %p}",
                    f"{end:%m/%d/%Y %I:%M %p}", ticket["title"], ticket["cause"], ticket["action"],
                    ticket["downtime_min"],
                )
            )
        )  # fmt: skip
    lines = changed(
        lines,
        {
            6: (1, "Press two", "asset named in words for PR-02"),
            10: (4, 'stops\n"again" at 14:05', "text over two lines with quotation marks"),
            19: (7, "1e9", "downtime of 1,900 years"),
            24: (2, "00/00/0000 12:00 AM", "date of zeros"),
        },
    )
    cells = list(map(str, lines[30].cells))
    cells[4] = "leaks\toil on the floor"
    lines[30] = Line(raw="\t".join(cells), wrong="unescaped tab: cells shifted by one")
    lines.insert(15, Line(header, "header repeated", is_ticket=False))
    lines.insert(29, Line(lines[28].cells, "row above once more", same_as=True))
    lines.append(Line(("38 tickets", *[""] * 7), "count at the end", is_ticket=False))
    return write_text(out / "tickets-utf16.tsv", header, lines, "\t", "utf-16")
