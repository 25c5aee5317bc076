"""Exports of known systems, and mappings that a person writes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from index.catalog import Catalog
from index.ticket_tables import ticket
from ingest.errors import UnreadableTable
from ingest.ticket_mapping import BUILT_IN, load_mapping, write_mapping
from ingest.ticket_plan import Options, unpack_options
from ingest.tickets import TicketImporter
from tests.hash_embedder import HashEmbedder

SAP_LIST = (
    "Notification\tNotifictn type\tDescription\tEquipment\tPriority\tCreated on\tNotif. time\t"
    "Malfunct. start\tMalf. start time\tMalfunct. end\tMalf. end time\tBreakdown\tSystem status\n"
    "000010000045\tM2\tPump leaks\t10000045\t1\t05.03.2024\t14:05:00\t05.03.2024\t14:00:00\t"
    "05.03.2024\t16:30:00\tX\tNOCO ORAS\n"
    "10000046\tM1\tPaint rail\t10000046\t3\t25.03.2024\t24:00:00\t00.00.0000\t00:00:00\t"
    "00.00.0000\t00:00:00\t\tDLFL NOCO\n"
    "10000047\tM2\tNoise\t10000046\t2\t25.03.2024\t08:00:00\t25.03.2024\t08:00:00\t"
    "25.03.2024\t09:00:00\t\tOSNO\n"
)
SAP_JSON = json.dumps({"d": {"results": [{
    "MaintenanceNotification": "10000045", "NotificationType": "M2",
    "NotificationText": "Pump leaks", "MaintNotificationLongText": "Pool under pump",
    "TechnicalObject": "PU-1", "MaintPriority": "1", "CreationDate": "/Date(1709596800000)/",
    "CreationTime": "PT14H05M00S", "MaintenanceObjectIsDown": True,
    "MalfunctionStartDate": "/Date(1709596800000)/", "MalfunctionStartTime": "PT14H00M00S",
    "MalfunctionEndDate": "/Date(1709596800000)/", "MalfunctionEndTime": "PT16H30M00S",
    "SystemStatusText": "NOCO",
    "to_Item": {"results": [{"MaintNotifDamageCode": "ELP"}]}}]}})  # fmt: skip
MAXIMO = (
    "WONUM,DESCRIPTION,ASSETNUM,SITEID,STATUS,WORKTYPE,WOPRIORITY,REPORTDATE,ACTSTART,ACTFINISH,"
    "PROBLEMCODE,CAUSE,REMEDY,ACTLABHRS,ACTMATCOST,CHANGEDATE\n"
    "1001,Pump leaks,11430,BEDFORD,CLOSE,CM,2,2024-03-05T14:05:00+01:00,2024-03-05T15:00:00+01:00,"
    "2024-03-05T16:30:00+01:00,LEAK,WEAR,REPLACE,1:30,12.50,2024-03-06T10:00:00+01:00\n"
    "1002,Check oil,11430,BEDFORD,INPRG,PM,3,2024-03-05T14:05:00+01:00,,,,,,0:45,,\n"
    "1003,Guard,11430,BEDFORD,WAPPR,EM,1,2024-03-05T14:05:00+01:00,,,,,,,,\n"
)
ATLAS = (
    "id,title,status,priority,description,dueDate,estimatedDuration,category,locationName,assetName,"
    "completedByEmail,completedOn,createdAt\n"
    "7,Pump leaks,COMPLETE,HIGH,Pool,2024-03-20,3.5,,Hall 1,PU-1,a@b.example,2024-03-15,"
    "2024-03-14\n"
    "8,Noise,ON_HOLD,NONE,,,,,Hall 1,PU-1,,,2024-03-14\n"
)
NEMO = json.dumps([
    {"id": 1, "tool": 7, "urgency": 1, "title": "", "force_shutdown": True,
     "creation_time": "2024-03-05T14:05:00.123Z", "problem_description": "Pump leaks",
     "resolved": True, "resolution_time": "2024-03-05T16:30:00Z", "cancelled": False,
     "resolution_description": "Seal replaced", "problem_category": 3, "resolver": 2},
    {"id": 2, "tool": 7, "urgency": -1, "title": "Noise", "creation_time": "2024-03-06T14:05:00Z",
     "problem_description": "Hum", "resolved": False, "cancelled": True}])  # fmt: skip
ERPNEXT = json.dumps({"data": [
    {"name": "ACC-ASR-2024-00001", "asset": "PU-1", "failure_date": "2024-03-05 14:05:00",
     "completion_date": "2024-03-05 16:30:00", "repair_status": "Completed",
     "description": "Pump leaks", "actions_performed": "Seal replaced", "repair_cost": 12.5,
     "downtime": "2.42 Hrs", "docstatus": 1}]})  # fmt: skip
ODOO = json.dumps([
    {"id": 9, "name": "Pump leaks", "equipment_id": [7, "PU-1"], "maintenance_type": "corrective",
     "priority": "2", "stage_id": [3, "Repaired"], "create_date": "2024-03-05 14:05:00",
     "close_date": "2024-03-06", "duration": 2.0, "description": "<p>Pool</p>",
     "user_id": [2, "Ann"],
     "archive": False, "done": True}])  # fmt: skip


def _rows(catalog: Catalog) -> list[Any]:
    with catalog.engine.connect() as connection:
        return list(connection.execute(sa.select(ticket).order_by(ticket.c.id)))


@pytest.fixture
def put(catalog: Catalog, tmp_path: Path) -> Any:
    importer = TicketImporter(catalog, HashEmbedder())

    def import_text(text: str, name: str, mapping: str, **options: str) -> list[Any]:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        told = Options(load_mapping(mapping), **options)
        report = importer.import_file(path, mapping, lambda *_: None, told)
        assert [flagged.reasons for flagged in report.flagged] == []
        return _rows(catalog)

    return import_text


def test_lists_of_sap_are_read(put: Any) -> None:
    leak, paint, noise = put(SAP_LIST, "iw29.txt", "sap")
    assert (leak.source_id, leak.asset_raw, leak.priority) == ("000010000045", "10000045", 1)
    assert (leak.ticket_type, leak.is_failure, leak.status) == ("corrective", True, "done")
    assert (leak.status_raw, leak.reported_at) == ("NOCO ORAS", "2024-03-05T14:05:00")
    assert (leak.downtime_min, leak.downtime_source) == (150, "interval")
    assert (paint.status, paint.ticket_type, paint.is_failure) == ("cancelled", "other", None)
    assert (paint.reported_at, paint.downtime_start) == ("2024-03-26T00:00:00", None)
    # It was not down: the malfunction is no downtime.
    assert (noise.status, noise.downtime_min, noise.downtime_source) == ("open", None, "none")


def test_the_interface_of_sap_is_read(put: Any) -> None:
    (row,) = put(SAP_JSON, "sap.json", "sap")
    assert (row.source_id, row.title, row.description) == (
        "10000045",
        "Pump leaks",
        "Pool under pump",
    )
    assert (row.reported_at, row.downtime_min) == ("2024-03-05T14:05:00", 150)
    assert (row.failure_mode, row.is_failure, row.status) == ("ELP", True, "done")


def test_maximo_is_read(put: Any) -> None:
    leak, check, guard = put(MAXIMO, "maximo.csv", "maximo", timezone="Europe/Berlin")
    assert (leak.source_id, leak.asset_raw, leak.status) == ("1001", "11430", "done")
    assert (leak.ticket_type, leak.priority, leak.labor_h) == ("corrective", 2, 1.5)
    assert (leak.reported_at, leak.completed_at) == ("2024-03-05T13:05:00", "2024-03-05T15:30:00")
    assert (leak.failure_mode, leak.cause, leak.remedy_code) == ("LEAK", "WEAR", "REPLACE")
    assert (leak.cost_parts, leak.changed_at) == (12.5, "2024-03-06T09:00:00")
    assert (check.ticket_type, check.status, check.labor_h) == ("preventive", "in_progress", 0.75)
    assert (guard.ticket_type, guard.status) == ("corrective", "open")


def test_atlas_is_read(put: Any) -> None:
    leak, noise = put(ATLAS, "atlas.csv", "atlas")
    assert (leak.asset_raw, leak.status, leak.priority) == ("PU-1", "done", 2)
    assert (leak.due_at, leak.est_labor_h) == ("2024-03-20T00:00:00", 3.5)
    assert (leak.completed_at, leak.technicians) == ("2024-03-15T00:00:00", ["a@b.example"])
    assert (noise.status, noise.priority, noise.priority_raw) == ("on_hold", 5, "NONE")


def test_nemo_is_read(put: Any) -> None:
    leak, noise = put(NEMO, "tasks.json", "nemo")
    assert (leak.asset_raw, leak.priority, leak.status) == ("7", 2, "done")
    assert (leak.title, leak.resolution) == ("Pump leaks", "Seal replaced")
    assert leak.reported_at == "2024-03-05T14:05:00"
    assert (noise.priority, noise.status, noise.description) == (4, "cancelled", "Hum")


def test_erpnext_is_read(put: Any) -> None:
    (row,) = put(ERPNEXT, "repairs.json", "erpnext")
    assert (row.source_id, row.asset_raw, row.status) == ("ACC-ASR-2024-00001", "PU-1", "done")
    assert (row.downtime_min, row.cost_total) == (pytest.approx(145.2), 12.5)
    assert (row.resolution, row.reported_at) == ("Seal replaced", "2024-03-05T14:05:00")


def test_odoo_is_read(put: Any) -> None:
    (row,) = put(ODOO, "requests.json", "odoo")
    assert (row.asset_raw, row.priority, row.status) == ("PU-1", 2, "done")
    assert (row.ticket_type, row.technicians) == ("corrective", ["Ann"])
    assert (row.labor_h, row.downtime_min) == (None, None)


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_mapping_is_the_same_after_it_was_written(tmp_path: Path, name: str) -> None:
    mapping = load_mapping(name)
    write_mapping(mapping, tmp_path / "m.toml")
    assert load_mapping(str(tmp_path / "m.toml")) == mapping
    options = Options(mapping, date_order="dmy")
    assert unpack_options(json.loads(json.dumps(options.packed()))) == options


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[columns]\nfoo = ['a']\n", "'foo' is no field of a ticket"),
        ("colums = 1\n", "'colums' is none of"),
        ("[columns\n", "is not valid"),
    ],
)
def test_a_wrong_mapping_is_refused_with_what_is_wrong(
    tmp_path: Path, text: str, message: str
) -> None:
    path = tmp_path / "m.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableTable, match=message):
        load_mapping(str(path))
    with pytest.raises(UnreadableTable, match="Name a TOML file, or one of atlas"):
        load_mapping(str(tmp_path / "none.toml"))
