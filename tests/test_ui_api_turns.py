"""Questions over the HTTP API: turns, their events, conversations."""

from __future__ import annotations

import json
import re
import threading
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from assistant.messages import Answer, AnswerReady, CauseVerified, EvidenceReady, TurnFailed
from tests.api_clients import Api, is_problem, served_api
from tests.conftest import Plant
from tests.ui_services import HOSTILE, ranking

QUESTION = "E-217 on PR-02"


@pytest.fixture(scope="module")
def api(plant: Plant, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with served_api(plant, tmp_path_factory.mktemp("api"), ranking("B", "A")) as api:
        yield api


def events_of(text: str) -> list[tuple[int, str, dict[str, Any]]]:
    """The events of a stream: number, kind, content."""
    found = []
    for part in text.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in part.splitlines() if not line.startswith(":"))
        if "id" in lines:
            found.append((int(lines["id"]), lines["event"], json.loads(lines["data"])))
    return found


def ended(api: Api, user: str, turn_id: str) -> dict[str, Any]:
    """The turn when its stream has ended."""
    api.get(user, f"/turns/{turn_id}/events")
    turn: dict[str, Any] = api.get(user, f"/turns/{turn_id}").json()
    return turn


def test_a_question_gets_a_turn_at_once_and_its_answer_when_it_is_over(api: Api) -> None:
    reply = api.post("tess", "/turns", json={"question": QUESTION})
    assert reply.status_code == 201
    turn = reply.json()
    assert reply.headers["location"] == turn["links"]["self"] == f"/api/v1/turns/{turn['id']}"
    over = ended(api, "tess", turn["id"])
    assert over["status"] == "done"
    assert over["failure"] is None
    answer = Answer.model_validate(over["answer"])
    assert answer.status == "grounded"
    assert answer.code_cards[0].code == "E-217"
    assert answer.model == "scripted"


def test_the_answer_is_the_json_that_the_command_line_prints(api: Api) -> None:
    turn = api.answer("tess", QUESTION)
    assert set(turn["answer"]) == set(Answer.model_fields)
    assert turn["answer"]["is_degraded"] is True  # no language model was asked for


def test_ask_waits_no_longer_than_it_is_told(api: Api) -> None:
    reply = api.post("tess", "/ask?wait=0", json={"question": QUESTION})
    turn = reply.json()
    assert reply.status_code in (200, 202)  # it may be that quick
    assert reply.headers["location"] == turn["links"]["self"]
    assert ended(api, "tess", turn["id"])["status"] == "done"
    assert is_problem(api.post("tess", "/ask?wait=121", json={"question": QUESTION}), 422)


@pytest.mark.parametrize("how", ["header", "parameter", "both"])
def test_a_stream_cut_after_any_event_goes_on_with_the_next(api: Api, how: str) -> None:
    turn = api.post("tess", "/turns", json={"question": QUESTION}).json()
    path = f"/turns/{turn['id']}/events"
    uncut = events_of(api.get("tess", path).text)
    assert [number for number, _, _ in uncut] == list(range(1, len(uncut) + 1))
    assert [kind for _, kind, _ in uncut] == ["evidence", *["cause"] * (len(uncut) - 2), "answer"]
    assert len(uncut) >= 3
    for cut in range(len(uncut) + 2):
        headers = {"Last-Event-ID": str(cut)} if how != "parameter" else {}
        after = {"header": "", "parameter": f"?after={cut}", "both": "?after=0"}[how]
        reply = api.get("tess", path + after, headers=headers)
        if cut < len(uncut):
            assert reply.headers["content-type"].startswith("text/event-stream")
            assert events_of(reply.text) == uncut[cut:]
        else:
            assert reply.status_code == 204  # a browser then stops to connect


def test_the_events_are_there_as_json_too(api: Api) -> None:
    turn = api.answer("tess", QUESTION)
    path = f"/turns/{turn['id']}/events"
    streamed = events_of(api.get("tess", path).text)
    reply = api.get("tess", path, headers={"Accept": "application/json"}).json()
    assert reply["is_over"] is True
    assert [(e["id"], e["event"]) for e in reply["items"]] == [(n, d) for n, _, d in streamed]
    rest = api.get("tess", f"{path}?after=1", headers={"Accept": "application/json"}).json()
    assert rest["items"] == reply["items"][1:]


@pytest.mark.parametrize("number", ["-1", "x", "1.5", "99999999999999999999", "٣"])
def test_a_number_that_no_event_has_is_refused(api: Api, number: str) -> None:
    turn = api.answer("tess", QUESTION)
    path = f"/turns/{turn['id']}/events"
    assert is_problem(api.get("tess", f"{path}?after={number}"), 422)
    if number.isascii():  # a header is
        assert is_problem(api.get("tess", path, headers={"Last-Event-ID": number}), 422)


def test_a_turn_that_failed_says_why(api: Api) -> None:
    records, sam = api.services.records, api.principal("sam")
    turn_id = records.start_turn(sam, records.open_conversation(sam), QUESTION, None)
    running = api.get("sam", f"/turns/{turn_id}").json()
    assert (running["status"], running["answer"], running["failure"]) == ("running", None, None)
    now = api.get("sam", f"/turns/{turn_id}/events", headers={"Accept": "application/json"}).json()
    assert now == {"items": [], "is_over": False}
    records.add_event(turn_id, 1, TurnFailed(message="The disk is full. Make room."))
    turn = api.get("sam", f"/turns/{turn_id}").json()
    assert (turn["status"], turn["failure"]) == ("failed", "The disk is full. Make room.")


def test_the_same_key_gives_the_same_turn_also_when_it_is_sent_many_times_at_once(
    api: Api,
) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    before = len(api.get("sam", "/conversations?limit=200").json()["items"])

    def send(_: int) -> Any:
        body = {"question": QUESTION, "use_model": False}
        return api.post("sam", "/turns", json=body, headers=key)

    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(send, range(8)))
    assert {reply.status_code for reply in replies} == {201}
    assert len({reply.json()["id"] for reply in replies}) == 1
    assert len(api.get("sam", "/conversations?limit=200").json()["items"]) == before + 1
    other = api.post("sam", "/turns", json={"question": "Another one?"}, headers=key)
    assert is_problem(other, 422)
    of_another_user = api.post("tess", "/turns", json={"question": QUESTION}, headers=key)
    assert of_another_user.json()["id"] != replies[0].json()["id"]


def test_a_conversation_holds_its_turns_and_the_follow_up_keeps_the_machine(api: Api) -> None:
    first = api.answer("tom", "The ram of PR-02 creeps")
    second = api.answer("tom", "And when it is warm?", conversation_id=first["conversation_id"])
    assert second["answer"]["asset"] == "PR-02"
    page = api.get("tom", "/conversations").json()
    assert page["next"] is None
    (listed,) = page["items"]
    assert (listed["turns"], listed["question"]) == (2, "The ram of PR-02 creeps")
    whole = api.get("tom", f"/conversations/{first['conversation_id']}").json()
    assert [turn["id"] for turn in whole["items"]] == [first["id"], second["id"]]


def test_pages_of_conversations_hold_each_one_once(api: Api) -> None:
    records, paula = api.services.records, api.principal("paula")
    made = {records.open_conversation(paula) for _ in range(7)}
    seen: list[str] = []
    cursor = ""
    while True:
        page = api.get("paula", f"/conversations?limit=3{cursor}").json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(seen) == len(set(seen)) == 7
    assert set(seen) == made


def test_nobody_else_gets_anything_of_a_conversation(api: Api) -> None:
    turn = api.answer("tess", QUESTION)
    guessed = uuid.uuid4().hex
    for user in ("tom", "paula", "sam", "ada", "nina"):
        for method, path in (
            ("GET", "/turns/{turn}"),
            ("GET", "/turns/{turn}/events"),
            ("GET", "/conversations/{talk}"),
            ("DELETE", "/conversations/{talk}"),
        ):
            own = path.format(turn=turn["id"], talk=turn["conversation_id"])
            reply = api.call(user, method, own)
            unknown = api.call(user, method, path.format(turn=guessed, talk=guessed))
            assert is_problem(reply, 404)
            assert reply.json() == unknown.json()
        body = {"question": QUESTION, "conversation_id": turn["conversation_id"]}
        assert is_problem(api.post(user, "/turns", json=body), 404)
        assert is_problem(api.post(user, "/work-orders", json={"turn_id": turn["id"]}), 404)


def test_a_deleted_conversation_is_gone_and_its_work_order_stays(api: Api) -> None:
    turn = api.answer("tess", QUESTION)
    order = api.post("tess", "/work-orders", json={"turn_id": turn["id"]}).json()
    path = f"/conversations/{turn['conversation_id']}"
    assert api.call("tess", "DELETE", path).status_code == 204
    for address in (path, f"/turns/{turn['id']}", f"/turns/{turn['id']}/events"):
        assert is_problem(api.get("tess", address), 404)
    assert is_problem(api.call("tess", "DELETE", path), 404)
    assert api.get("tess", f"/work-orders/{order['number']}").status_code == 200


def test_a_conversation_in_which_a_question_is_being_answered_is_not_deleted(api: Api) -> None:
    records, sam = api.services.records, api.principal("sam")
    conversation = records.open_conversation(sam)
    turn_id = records.start_turn(sam, conversation, QUESTION, None)
    assert is_problem(api.call("sam", "DELETE", f"/conversations/{conversation}"), 409)
    records.add_event(turn_id, 1, TurnFailed(message="over"))
    assert api.call("sam", "DELETE", f"/conversations/{conversation}").status_code == 204


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"[]", 422),
        (b"null", 422),
        (b"\xff\xfe", 400),
        (b'{"question": null}', 422),
        (b'{"question": ""}', 422),
        (b'{"question": "  ?!  "}', 422),
        (b'{"question": 7}', 422),
        (b'{"question": "a\\u0000b"}', 422),
        (b'{"question": "\\ud800"}', 422),
        (b'{"question": "E-217", "asset": "NO-99"}', 422),
        (b'{"question": "E-217", "asset": "\\u0000"}', 422),
        (b'{"question": "E-217", "conversation_id": "no-such"}', 404),
        (b'{"question": "E-217", "k": 1}', 422),
        (b'{"question": "' + b"x" * 4001 + b'"}', 422),
        (b'{"question": "' + b"x" * 300_000 + b'"}', 413),
        (b"[" * 100_000, 400),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_question_that_is_none_is_a_problem(api: Api, body: bytes, status: int) -> None:
    headers = {"Content-Type": "application/json"}
    assert is_problem(api.post("tess", "/turns", content=body, headers=headers), status)


def test_what_is_not_json_is_said_to_be_none(api: Api) -> None:
    assert is_problem(api.post("tess", "/turns", data={"question": QUESTION}), 415)


def test_what_was_sent_is_not_in_the_problem(api: Api) -> None:
    secret = "hunter2-" + "x" * 5000
    reply = api.post("tess", "/turns", json={"question": secret, "asset": ["hunter2"]})
    assert is_problem(reply, 422)
    assert "hunter2" not in reply.text


@pytest.mark.parametrize("text", [*HOSTILE, "\u202e\u2066\u200b", "🏭" * 200, "=1+1", "%s%n{0}"])
def test_any_text_is_a_question_and_comes_back_as_it_was(api: Api, text: str) -> None:
    question = f"{text} E-217"
    assert api.answer("tess", question)["question"] == question.strip()


@pytest.mark.parametrize("turn_id", ["%00", "..%2F..%2Fetc", "a" * 65, "'", "x y", "%F0%9F%8F%AD"])
def test_an_id_that_is_none_is_refused(api: Api, turn_id: str) -> None:
    reply = api.get("tess", f"/turns/{turn_id}")
    assert is_problem(reply, reply.status_code)
    assert reply.status_code in (404, 422)


def test_a_stream_is_cut_and_taken_up_again_while_the_turn_still_runs(api: Api) -> None:
    """Each event is written after the stream before it has ended or waits for it."""
    records, sam = api.services.records, api.principal("sam")
    answer = Answer.model_validate(api.answer("sam", QUESTION)["answer"])
    events = [
        EvidenceReady(answer=answer),
        *(CauseVerified(cause=cause) for cause in answer.causes),
        AnswerReady(answer=answer),
    ]
    turn_id = records.start_turn(sam, records.open_conversation(sam), QUESTION, None)
    seen: list[tuple[int, str, dict[str, Any]]] = []

    def follow() -> None:
        text = api.get("sam", f"/turns/{turn_id}/events").text
        seen.extend(events_of(text))

    follower = threading.Thread(target=follow)
    follower.start()
    for number, event in enumerate(events, start=1):
        records.add_event(turn_id, number, event)
    follower.join(timeout=30)
    assert [number for number, _, _ in seen] == list(range(1, len(events) + 1))
    assert [data for _, _, data in seen] == [event.model_dump(mode="json") for event in events]


def test_the_stream_says_that_it_is_not_to_be_kept_or_held_back(api: Api) -> None:
    turn = api.answer("tess", QUESTION)
    reply = api.get("tess", f"/turns/{turn['id']}/events")
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["x-accel-buffering"] == "no"
    assert re.match(r"retry: \d+\n\n", reply.text)
