"""Past repairs on the screen and in stored turns; a past ticket and its way out of the figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.messages import Answer, AnswerReady, EvidenceReady
from assistant.question import Ask
from assistant.repairs.message import CauseGroup, Fix, PastTicket, Repairs, Scope, Tally
from assistant.visible_turns import Sight
from index.access import LOCAL, Principal
from index.tickets import Ticket
from ingest.tagging import Stated
from tests import past_repairs as past
from tests.html_tags import Tags
from tests.ui_services import HOSTILE, built, services_of, sign_in
from ui.plain import answer_text
from ui.rendering import answer_html
from ui.repairs_html import ticket_url
from ui.web import build_web
from ui.wiring import Services

TIM = Principal("tim", "technician", frozenset({"North"}), frozenset())
RITA = Principal("rita", "supervisor", frozenset({"North"}), frozenset({"electric"}))
_TAGS = {"section", "h4", "details", "summary", "b", "span", "p", "ul", "li", "button", "div"}
_ARTICLE = {"article", "h2", "p", "b", "table", "tbody", "tr", "th", "td", "br"}
_FORM = {"form", "label", "textarea", "input", "button"}


def tickets(ids: dict[str, int]) -> list[Ticket]:
    """Two of all who see the site, one of the electricians, one of the other site."""
    times = ("2026-01-02", "2026-02-02", "2026-03-02", "2026-04-02")
    plain = [
        past.ticket_of(
            number,
            asset,
            ids[asset],
            reported_at=f"{day}T08:00:00",
            completed_at=f"{day}T09:30:00",
            cause="Cooler blocked by dust",
            resolution="Cooler cleaned",
            downtime_min=20.0 * number,
            downtime_source="reported",
            parts=(("4711", 1.0),),
        )
        for number, (asset, day) in enumerate(
            zip(("PR-01", "PR-01", "PR-02", "PR-03"), times, strict=True), start=1
        )
    ]
    return [*plain[:2], replace(plain[2], groups=("electric",)), plain[3]]


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    services = services_of(tmp_path / "home")
    past.put(services.catalog, tickets(past.register(services.catalog)))
    path = tmp_path / "press.md"
    path.write_text(
        "# Press HP-40 manual\n\nDocument no. X-1\n\n## Faults\n\n| Code | Meaning | Cause | "
        "Remedy |\n|---|---|---|---|\n| E-217 | Oil too hot | Cooler blocked | Clean it |\n",
        encoding="utf-8",
    )
    reports = services.worker.ingest(LOCAL, [path], Stated(models=("HP-40",)), lambda *_: None)
    assert [report.outcome for report in reports] == ["added"]
    yield services
    services.catalog.engine.dispose()
    services.records.engine.dispose()


@pytest.fixture
def client(services: Services, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    for name in ("GRADIO_TEMP_DIR", "GRADIO_ANALYTICS_ENABLED"):
        monkeypatch.setenv(name, "")
    web = built(lambda: build_web(services))
    return TestClient(web, base_url="http://127.0.0.1:7860", follow_redirects=False)


def asked(services: Services, principal: Principal, question: str = "PR-01 shows E-217") -> Answer:
    return services.assistant.ask(Ask(question, use_model=False), principal)


def counts(answer: Answer) -> list[tuple[str, str, int]]:
    assert answer.repairs is not None
    return [(one.place, one.name, one.tally.tickets) for one in answer.repairs.scopes]


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_this_machine_comes_first_then_its_model_then_the_plant(services: Services) -> None:
    answer = asked(services, LOCAL)
    assert counts(answer) == [("machine", "PR-01", 2), ("model", "HP-40", 2)]
    assert answer.repairs is not None
    assert answer.repairs.codes == ("E-217",)
    assert counts(asked(services, LOCAL, "E-217")) == [("plant", "", 4)]
    assert counts(asked(services, RITA)) == [("machine", "PR-01", 2), ("model", "HP-40", 1)]
    assert counts(asked(services, TIM)) == [("machine", "PR-01", 2)]


def test_the_screen_shows_counts_causes_parts_and_a_button_for_every_ticket(
    services: Services,
) -> None:
    html = answer_html(asked(services, LOCAL))
    said = words(html)
    assert "What fixed it here This machine, PR-01 2 tickets" in said
    assert "back within 30 days: 0 of 2 (0 %)" in said
    assert "downtime median 30, P90 38 min (known for 2 of 2)" in said
    assert "Cooler blocked by dust" in said
    assert "2 x 4711 in 2 tickets" in said
    assert "Newest: T2" in said
    shown = {f"{ticket_url(f'test:{n}')}?part=1&lang=en" for n in range(1, 5)}
    assert {unescape(src) for src in re.findall(r'data-src="(/past[^"]+)"', html)} == shown
    assert "\n" not in html


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("PR-01 zeigt E-217, was ist zu tun?", "Was hier geholfen hat Diese Maschine, PR-01"),
        ("PR-01 显示 E-217，怎么处理？", "本厂的处理经验 本机 PR-01"),
    ],
)
def test_it_speaks_the_language_of_the_question(
    services: Services, question: str, said: str
) -> None:
    answer = asked(services, LOCAL, question)
    assert said in words(answer_html(answer))
    assert said.split()[0] in answer_text(answer)


def test_the_terminal_shows_the_same_with_its_definition(services: Services) -> None:
    said = answer_text(asked(services, LOCAL))
    assert "What fixed it here\n  This machine, PR-01: 2 tickets;" in said
    assert "2 x Cooler cleaned" in said
    assert "Failures whose ticket has the code E-217." in said
    assert "Not counted: 0 excluded, 0 second reports, 0" in said


def test_a_similar_text_counts_where_no_code_is_named(tmp_path: Path, services: Services) -> None:
    file = tmp_path / "tickets.csv"
    rows = "\n".join(
        f"S{n},PR-01,2026-01-{n:02} 08:00,cooler blocked by dust,{mode},brush,closed,corrective"
        for n, mode in ((1, "OHE"), (2, "OHE"), (3, "ELU"), (4, "OHE"), (5, "OHE"))
    )
    header = "ticket_id,asset,reported_at,title,failure_mode,action,status,type"
    file.write_text(f"{header}\n{rows}\n", encoding="utf-8")
    services.ticket_importer.import_file(file, "import", lambda *_: None)
    answer = asked(services, LOCAL, "PR-01 cooler blocked by dust")
    assert answer.repairs is not None
    assert (answer.repairs.basis, answer.repairs.failure_modes) == ("text", ("OHE",))
    assert counts(answer) == [("machine", "PR-01", 4)]
    assert "whose failure mode is OHE" in answer_text(answer)


@pytest.mark.parametrize(
    "question", ["PR-01 what is the torque of the cooler bolts?", "bypass the guard, E-217"]
)
def test_what_is_no_fault_has_no_past_repairs(services: Services, question: str) -> None:
    assert asked(services, LOCAL, question).repairs is None


# Stored turns


def stored(services: Services, principal: Principal) -> str:
    records = services.records
    talk = records.open_conversation(principal)
    turn_id = records.start_turn(principal, talk, "PR-01 shows E-217", None)
    events = services.assistant.stream(Ask("PR-01 shows E-217", use_model=False), principal)
    for number, event in enumerate(events, start=1):
        records.add_event(turn_id, number, event)
    return turn_id


def repairs_of(services: Services, principal: Principal, turn_id: str) -> Sequence[Repairs]:
    answer = services.records.turn(principal, turn_id).answer
    events = [event for _, event in services.records.events_after(principal, turn_id, 0)]
    answers = [e.answer for e in events if isinstance(e, EvidenceReady | AnswerReady)]
    assert answer is not None
    assert not answer.is_withheld
    found = [one.repairs for one in (answer, *answers)]
    assert len(found) == 3
    return [one for one in found if one is not None]


def test_a_stored_turn_hides_what_its_reader_may_not_see_any_more(services: Services) -> None:
    turn_id = stored(services, RITA)
    assert [one.tickets for one in repairs_of(services, RITA, turn_id)] == [3, 3, 3]
    elsewhere = replace(RITA, groups=frozenset({"mechanic"}))
    hidden = repairs_of(services, elsewhere, turn_id)
    assert all(one.is_withheld for one in hidden)
    assert all(one == Repairs(basis="code", is_withheld=True) for one in hidden)
    answer = services.records.turn(elsewhere, turn_id).answer
    assert answer is not None
    assert "Withheld: it counts tickets" in words(answer_html(answer))
    assert "T3" not in answer.model_dump_json()


def test_tickets_that_are_counted_without_being_listed_hide_it_too(services: Services) -> None:
    turn_id = stored(services, RITA)
    answer = services.records.turn(RITA, turn_id).answer
    assert answer is not None
    assert answer.repairs is not None
    unlisted = [
        scope.model_copy(
            update={
                "groups": tuple(
                    group.model_copy(
                        update={
                            "fixes": tuple(
                                fix.model_copy(update={"listed": ()}) for fix in group.fixes
                            )
                        }
                    )
                    for group in scope.groups
                )
            }
        )
        for scope in answer.repairs.scopes
    ]
    bare = answer.repairs.model_copy(update={"scopes": tuple(unlisted)})
    assert bare.uids == ()
    sight = Sight(services.catalog)
    kept = answer.model_copy(update={"repairs": bare, "similar_tickets": ()})
    shown = sight.answer(replace(RITA, groups=frozenset({"mechanic"})), kept)
    assert shown.repairs is not None
    assert shown.repairs.is_withheld
    assert sight.answer(RITA, kept).repairs == bare


# A past ticket


def test_a_ticket_is_a_page_and_a_piece_of_one(services: Services, client: TestClient) -> None:
    sign_in(services, client, "tim", "technician", ("North",))
    page = client.get(ticket_url("test:2"))
    assert page.status_code == 200
    said = words(page.text.split("<main>")[1])
    assert "Ticket T2 fault 2" in said
    assert "Machine PR-01 Reported 2026-02-02 08:00 Completed 2026-02-02 09:30" in said
    assert "Codes E-217 Cause Cooler blocked by dust What was done Cooler cleaned" in said
    assert "Parts used 1 x 4711 Downtime 40 min" in said
    assert "<form" not in page.text
    piece = client.get(f"{ticket_url('test:2')}?part=1&lang=zh")
    assert piece.text.startswith('<article class="fb-past-ticket" lang="zh">')
    assert "工单 T2" in words(piece.text)
    assert client.get(ticket_url("test:4")).status_code == 404
    assert client.get(ticket_url("test:99")).status_code == 404


def test_a_supervisor_takes_a_ticket_out_with_a_reason_and_puts_it_back(
    services: Services, client: TestClient
) -> None:
    sign_in(services, client, "rita", "supervisor", ("North",))
    address = ticket_url("test:2")
    assert 'name="reason"' in client.get(address).text
    refused = client.post(address, data={"act": "exclude", "reason": " ", "part": "1"})
    assert refused.status_code == 422
    assert "Say why the ticket" in words(refused.text)
    done = client.post(address, data={"act": "exclude", "reason": "<b>wrong</b>", "lang": "de"})
    assert (done.status_code, done.headers["location"]) == (303, f"{address}?lang=de")
    said = words(client.get(address).text)
    assert "No figure counts this ticket: <b>wrong</b> (rita," in said
    answer = asked(services, LOCAL)
    assert counts(answer) == [("machine", "PR-01", 1), ("model", "HP-40", 2)]
    assert answer.repairs is not None
    assert answer.repairs.excluded == 1
    assert "Not counted: 1 excluded" in words(answer_html(answer))
    back = client.post(address, data={"act": "include", "part": "1"})
    assert back.status_code == 200
    assert "No figure counts" not in back.text
    assert counts(asked(services, LOCAL))[0] == ("machine", "PR-01", 2)


def test_a_technician_takes_no_ticket_out(services: Services, client: TestClient) -> None:
    sign_in(services, client, "tim", "technician", ("North",))
    reply = client.post(ticket_url("test:2"), data={"act": "exclude", "reason": "wrong"})
    assert reply.status_code == 403
    assert services.exclusions.all(LOCAL) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_tickets_stay_text(services: Services, client: TestClient, text: str) -> None:
    tally = Tally(
        tickets=1,
        still_open=0,
        judged=0,
        came_back=0,
        too_young=1,
        unjudged=0,
        downtime_known=0,
        downtime_median_min=None,
        downtime_p90_min=None,
    )
    ticket = PastTicket(uid=text, ticket_id=text, asset=text, title=text, reported_on=text)
    fix = Fix(done=text, wordings=(text, text), tally=tally, listed=(ticket,))
    group = CauseGroup(cause=text, wordings=(text, text), tally=tally, newest=ticket, fixes=(fix,))
    scope = Scope(place="machine", name=text, tally=tally, groups=(group, group, group, group))
    repairs = Repairs(basis="code", codes=(text,), scopes=(scope,), as_of=text)
    answer = asked(services, LOCAL).model_copy(update={"repairs": repairs})
    section = answer_html(answer).split('<section class="fb-repairs">')[1].split("</section>")[0]
    assert Tags(section).found <= _TAGS
    assert "\n" not in section
    ids = past.register(services.catalog)
    shown = past.ticket_of(7, "PR-01", ids["PR-01"], title=text, cause=text, description=text)
    shown = replace(shown, source_id=f"7 {text}", number=text, failure_mode=text)
    past.put(services.catalog, [shown])
    sign_in(services, client, "rita", "supervisor", ("North",))
    piece = client.get(f"{ticket_url(shown.uid)}?part=1")
    assert piece.status_code == 200
    assert Tags(piece.text).found <= _ARTICLE | _FORM
