"""Sites and groups of documents and tickets: stated, corrected, kept, and never another's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from index import tables
from index.access import LOCAL, Principal
from index.assets import Asset
from index.catalog import EVERY_STATUS, StoredDocument
from index.corpus import PassageFilter
from index.errors import DocumentUnknown, NotAllowed, StatusRefused
from index.listing import TicketFilter, list_tickets
from index.ticket_tables import ticket
from ingest.pipeline import FileReport
from ingest.rebuilding import rebuild
from ingest.tagging import Stated
from ingest.ticket_mapping import TicketMapping
from ingest.ticket_plan import Options
from tests.ui_services import services_of
from ui.wiring import Services

NORTH = Principal("nia", "supervisor", frozenset({"North"}), frozenset({"electric"}))
SOUTH = Principal("sam", "supervisor", frozenset({"South"}))
TECHNICIAN = Principal("tess", "technician", frozenset({"North"}))


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services = services_of(tmp_path / "home")
    yield services
    services.catalog.engine.dispose()
    services.records.engine.dispose()


def _manual(folder: Path, revision: str = "A", name: str = "", text: str = "oil") -> Path:
    path = folder / (name or f"gear-{revision}.md")
    path.write_text(
        f"# Gear manual\n\nDocument no. X-100\n\nRevision {revision}\n\n"
        f"## Care\n\nFill in {text}.\n",
        encoding="utf-8",
    )
    return path


def _ingest(
    services: Services,
    principal: Principal,
    path: Path,
    site: str | None = None,
    groups: tuple[str, ...] = (),
) -> FileReport:
    stated = Stated(site=site, groups=groups)
    (report,) = services.worker.ingest(principal, [path], stated, lambda *_: None)
    return report


def _all(services: Services, principal: Principal = LOCAL) -> list[StoredDocument]:
    found = services.catalog.documents(principal, EVERY_STATUS)
    return [document for document in found if document.kind != "history"]


def _reaches(services: Services) -> list[tuple[str, str, str | None, tuple[str, ...]]]:
    return sorted((d.revision, d.status, d.site, d.groups) for d in _all(services))  # type: ignore[type-var]


def test_what_is_stated_is_who_sees_it(services: Services, tmp_path: Path) -> None:
    _ingest(services, LOCAL, _manual(tmp_path), "North", ("electric", "hydraulic"))
    (document,) = _all(services)
    assert (document.site, document.groups) == ("North", ("electric", "hydraulic"))
    assert [d.title for d in _all(services, NORTH)] == ["Gear manual"]
    other = Principal("ned", "technician", frozenset({"North"}), frozenset({"optics"}))
    assert (_all(services, other), _all(services, SOUTH)) == ([], [])
    hidden = services.curator
    with pytest.raises(DocumentUnknown) as foreign:
        hidden.revision(SOUTH, document.revision_id)
    with pytest.raises(DocumentUnknown) as missing:
        hidden.revision(SOUTH, 99)
    said = str(missing.value).replace("99", str(document.revision_id))
    assert str(foreign.value) == said


@pytest.mark.parametrize(
    ("site", "groups"),
    [(None, ()), ("South", ()), ("North", ("optics",)), ("North", ("electric", "optics"))],
)
def test_only_own_sites_and_groups_are_given(
    services: Services, tmp_path: Path, site: str | None, groups: tuple[str, ...]
) -> None:
    with pytest.raises(NotAllowed):
        _ingest(services, NORTH, _manual(tmp_path), site, groups)
    assert services.intake.items(LOCAL) == []
    _ingest(services, NORTH, _manual(tmp_path), "North", ("electric",))
    (document,) = _all(services)
    with pytest.raises(NotAllowed):
        services.curator.correct(
            NORTH, document.revision_id, {"site": site or "", "groups": list(groups)}
        )
    assert _reaches(services) == [("A", "approved", "North", ("electric",))]


def test_the_role_must_allow_it(services: Services, tmp_path: Path) -> None:
    with pytest.raises(NotAllowed, match="technician"):
        _ingest(services, TECHNICIAN, _manual(tmp_path), "North")
    _ingest(services, LOCAL, _manual(tmp_path), "North")
    (document,) = _all(services)
    curator, revision = services.curator, document.revision_id
    for act in (
        lambda: curator.approve(TECHNICIAN, [revision]),
        lambda: curator.withdraw(TECHNICIAN, [revision], ""),
        lambda: curator.correct(TECHNICIAN, revision, {"title": "x"}),
        lambda: curator.delete(TECHNICIAN, document.document_id, lambda: services.caches),
        lambda: services.dictionary.add(TECHNICIAN, "hyd", "hydraulic"),
        lambda: services.aliases.confirm(TECHNICIAN, []),
        lambda: services.intake.cancel(TECHNICIAN, 1),
        lambda: curator.discard(TECHNICIAN, 1),
    ):
        with pytest.raises(NotAllowed):
            act()  # type: ignore[no-untyped-call]


def test_what_is_everybodys_is_changed_by_who_sees_every_site(
    services: Services, tmp_path: Path
) -> None:
    _ingest(services, LOCAL, _manual(tmp_path))
    (document,) = _all(services, NORTH)
    with pytest.raises(NotAllowed, match="every site"):
        services.curator.withdraw(NORTH, [document.revision_id], "")
    report = _ingest(services, NORTH, _manual(tmp_path), "North", ("electric",))
    assert report.outcome == "unchanged"
    assert _reaches(services) == [("A", "approved", None, ())]


def test_a_correction_of_site_and_groups_outlives_ingestion_and_rebuild(
    services: Services, tmp_path: Path
) -> None:
    path = _manual(tmp_path)
    _ingest(services, LOCAL, path, "North", ("electric",))
    (document,) = _all(services)
    services.curator.correct(LOCAL, document.revision_id, {"site": "South", "groups": ["optics"]})
    _ingest(services, LOCAL, path)
    wanted = [("A", "approved", "South", ("optics",))]
    assert _reaches(services) == wanted
    assert services.intake.items(NORTH) == []
    assert len(services.intake.items(SOUTH)) == 1
    services.curator.correct(LOCAL, document.revision_id, {"groups": [], "site": ""})
    assert _reaches(services) == [("A", "approved", None, ())]
    services.catalog.engine.dispose()
    assert rebuild(services.home, services.records.engine, services.embedder, lambda *_: None) == []
    assert _reaches(services) == [("A", "approved", None, ())]


def test_a_site_never_replaces_the_document_of_another(services: Services, tmp_path: Path) -> None:
    _ingest(services, SOUTH, _manual(tmp_path, "A"), "South")
    _ingest(services, NORTH, _manual(tmp_path, "B"), "North", ("electric",))
    _ingest(services, SOUTH, _manual(tmp_path, "C"), "South")
    wanted = [
        ("A", "superseded", "South", ()),
        ("B", "approved", "North", ("electric",)),
        ("C", "approved", "South", ()),
    ]
    assert _reaches(services) == wanted
    services.catalog.engine.dispose()
    assert rebuild(services.home, services.records.engine, services.embedder, lambda *_: None) == []
    assert _reaches(services) == wanted


def test_a_document_that_was_given_to_others_is_not_taken_back_by_a_new_revision(
    services: Services, tmp_path: Path
) -> None:
    _ingest(services, NORTH, _manual(tmp_path, "A"), "North", ("electric",))
    (document,) = _all(services)
    services.curator.correct(LOCAL, document.revision_id, {"site": "South", "groups": []})
    _ingest(services, NORTH, _manual(tmp_path, "B"), "North", ("electric",))
    wanted = [("A", "approved", "South", ()), ("B", "approved", "North", ("electric",))]
    assert _reaches(services) == wanted
    services.catalog.engine.dispose()
    assert rebuild(services.home, services.records.engine, services.embedder, lambda *_: None) == []
    assert _reaches(services) == wanted


def test_a_new_revision_without_a_stated_site_stays_with_its_document(
    services: Services, tmp_path: Path
) -> None:
    _ingest(services, LOCAL, _manual(tmp_path, "A"), "North", ("electric",))
    _ingest(services, LOCAL, _manual(tmp_path, "B"))
    assert _reaches(services) == [
        ("A", "superseded", "North", ("electric",)),
        ("B", "approved", "North", ("electric",)),
    ]


def test_the_same_file_of_two_sites_is_two_documents_and_neither_knows(
    services: Services, tmp_path: Path
) -> None:
    path = _manual(tmp_path)
    first = _ingest(services, SOUTH, path, "South")
    second = _ingest(services, NORTH, path, "North", ("electric",))
    assert (first.outcome, second.outcome) == ("added", "added")
    assert [d.site for d in _all(services, NORTH)] == ["North"]
    hashes = {d.content_hash for d in _all(services)}
    assert len(hashes) == 2
    (theirs,) = _all(services, SOUTH)
    deletion = services.curator.delete(SOUTH, theirs.document_id, lambda: services.caches)
    assert not any(deletion.traces.values())
    (left,) = _all(services)
    assert (services.home.originals / left.original).is_file()
    assert services.worker._pipeline is not None
    found = services.retriever.retrieve("oil", NORTH)
    assert [passage.document for passage in found.passages][:1] == ["Gear manual"]


def test_a_revoked_right_holds_at_the_next_question(services: Services, tmp_path: Path) -> None:
    _ingest(services, LOCAL, _manual(tmp_path), "North", ("electric",))
    assert services.retriever.retrieve("oil", NORTH).searched == 1
    for fewer in (
        Principal("nia", "supervisor", frozenset(), frozenset({"electric"})),
        Principal("nia", "supervisor", frozenset({"North"}), frozenset()),
    ):
        found = services.retriever.retrieve("oil", fewer)
        assert (found.searched, found.passages, found.scope) == (0, (), ())
    (document,) = _all(services)
    services.curator.correct(LOCAL, document.revision_id, {"groups": ["optics"]})
    assert services.retriever.retrieve("oil", NORTH).passages == ()


def _import(services: Services, folder: Path, rows: str, options: Options | None = None) -> None:
    path = folder / "tickets.csv"
    path.write_text(rows, encoding="utf-8")
    services.ticket_importer.import_file(path, "cmms", lambda *_: None, options)


def _tickets(services: Services, principal: Principal) -> list[str]:
    shown = sorted(t.number for t in list_tickets(services.catalog, principal, TicketFilter()))
    where = PassageFilter(kinds=("history",), all_assets=True)
    found = services.retriever.retrieve("leak", principal, 50, where).passages
    assert sorted(passage.key for passage in found) == shown
    return shown


def test_a_ticket_is_of_its_own_site_else_its_assets_else_the_stated_one(
    services: Services, tmp_path: Path
) -> None:
    services.assets.put([Asset("PR-1", site="North"), Asset("PR-2")])
    rows = (
        "ticket_id,asset,title,plant\n1,PR-1,leak a,South\n2,PR-1,leak b,\n3,PR-2,leak c,\n"
        "4,nothing,leak d,\n5,nothing,leak e,1000\n"
    )
    mapping = TicketMapping(values={"site": {"1000": "North"}})
    _import(services, tmp_path, rows, Options(mapping, site="South"))
    north = Principal("n", "technician", frozenset({"North"}))
    south = Principal("s", "technician", frozenset({"South"}))
    assert _tickets(services, north) == ["2", "5"]
    assert _tickets(services, south) == ["1", "3", "4"]
    _import(services, tmp_path, "ticket_id,asset,title\n9,nothing,leak z\n")
    assert "9" in _tickets(services, north)
    titles = {d.title for d in services.catalog.documents(south) if d.kind == "history"}
    assert titles == {"Tickets of PR-2", "Tickets of a machine", "Tickets of no known asset"}
    assert "PR-1" not in {
        t.asset for t in list_tickets(services.catalog, south, TicketFilter()) if t.number != "1"
    }


def test_groups_of_tickets_stay_where_a_later_import_states_none(
    services: Services, tmp_path: Path
) -> None:
    rows = "ticket_id,asset,title\n1,x,leak a\n2,x,leak b\n"
    _import(services, tmp_path, rows, Options(site="North", groups=("electric",)))
    north = Principal("n", "technician", frozenset({"North"}), frozenset({"optics"}))
    assert (_tickets(services, north), _tickets(services, NORTH)) == ([], ["1", "2"])
    _import(services, tmp_path, rows)
    assert (_tickets(services, north), _tickets(services, NORTH)) == ([], ["1", "2"])
    _import(services, tmp_path, rows.replace("leak a", "leak, more"))
    assert _tickets(services, north) == []
    _import(services, tmp_path, rows, Options(site="North", groups=("optics",)))
    assert (_tickets(services, north), _tickets(services, NORTH)) == (["1", "2"], [])


def test_an_asset_that_moves_takes_its_tickets_along(services: Services, tmp_path: Path) -> None:
    services.assets.put([Asset("PR-1", site="North")])
    rows = "ticket_id,asset,title,site\n1,PR-1,leak a,\n2,PR-1,leak b,North\n3,PR-1,leak c,\n"
    _import(services, tmp_path, rows)
    services.assets.put([Asset("PR-1", site="South")])
    north = Principal("n", "technician", frozenset({"North"}))
    assert (_tickets(services, north), _tickets(services, SOUTH)) == (["2"], ["1", "3"])
    with services.catalog.engine.connect() as connection:
        sites = connection.execute(sa.select(ticket.c.locator, ticket.c.site)).all()
        identities = set(connection.scalars(sa.select(tables.document.c.identity)))
    assert dict(map(tuple, sites)) == {"1": "South", "2": "North", "3": "South"}
    assert len(identities) == 2
    services.assets.put([Asset("PR-1", site="North")])
    assert _tickets(services, north) == ["1", "2", "3"]


def test_the_same_event_is_linked_only_where_the_same_people_see_both(
    services: Services, tmp_path: Path
) -> None:
    rows = (
        "ticket_id,asset,title,reported at,site\n1,press,leak at seal,2024-01-01 08:00,North\n"
        "2,press,leak at seal,2024-01-01 09:00,South\n3,press,leak at seal,2024-01-01 10:00,North\n"
    )
    _import(services, tmp_path, rows)
    with services.catalog.engine.connect() as connection:
        found = connection.execute(sa.select(ticket.c.locator, ticket.c.duplicate_of)).all()
    assert dict(map(tuple, found)) == {"1": None, "2": None, "3": "cmms:1"}


def test_a_table_is_imported_by_who_sees_every_site(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "assets.csv"
    path.write_text("tag,site\nPR-1,South\n", encoding="utf-8")
    with pytest.raises(NotAllowed, match="every site"):
        services.desk.take_table(SOUTH, "assets", path, {})
    with pytest.raises(NotAllowed, match="every site"):
        services.aliases.confirm(SOUTH, [("press", "PR-1")])


def test_a_refusal_names_only_revisions_of_the_same_document(
    services: Services, tmp_path: Path
) -> None:
    _ingest(services, SOUTH, _manual(tmp_path, "S"), "South")
    _ingest(services, NORTH, _manual(tmp_path, "A"), "North", ("electric",))
    _ingest(services, NORTH, _manual(tmp_path, "B"), "North", ("electric",))
    old = next(d for d in _all(services, NORTH) if d.revision == "A")
    with pytest.raises(StatusRefused) as refused:
        services.curator.approve(NORTH, [old.revision_id])
    assert "S" not in str(refused.value).split()
