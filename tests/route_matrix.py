"""Every route of the web application with the status that each user gets, as data.

A row names a route as the application's own table does, and says the status for each relation
between the user and the thing that is asked for. ``test_ui_route_matrix.py`` tries every cell, and
fails for a route without a row and for a row without a route.

Users: ``technician``, ``planner`` and ``supervisor`` of the sites north and south, the
``administrator`` of all sites, and three that are nobody: ``anonymous``, ``revoked`` (the session
was ended), ``disabled`` (the account was, after the session began).

Relations: ``any`` where there is no thing; ``own``; ``other_user`` (of the same site and role);
``received`` (handed to the user); ``own_site``, ``other_site``, ``everybody`` (of no site);
``shared`` (by another of the same site); ``guessed`` (never was); ``deleted`` (was once).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ui.shell.gradio_gate import UPLOADS_BY_GRADIO

Status = int | Mapping[str, int]
"""A status for all who are signed in, or one for each role; ``*`` stands for the other roles."""
NOBODY = ("anonymous", "revoked", "disabled")
ROLES = ("technician", "planner", "supervisor", "administrator")


@dataclass(frozen=True)
class Row:
    """A route with its statuses.

    ``nobody`` is what those get who are not signed in. ``values`` fill what stands in braces in the
    path, beside the thing itself, which fills the part that ``thing`` names; what has no value is
    ``x``. ``body`` is sent as JSON, or as a form where it is text; ``{thing}`` in it is the thing.
    """

    method: str
    path: str
    statuses: Mapping[str, Status]
    nobody: int = 401
    thing: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    query: str = ""
    body: Any = None

    @property
    def key(self) -> tuple[str, str]:
        return self.method, self.path

    def status(self, role: str, relation: str) -> int:
        """What a user of a role gets; of ``nobody`` for the three that are nobody."""
        if role in NOBODY:
            return self.nobody
        status = self.statuses[relation]
        return status if isinstance(status, int) else status.get(role, status["*"])


def _all(status: Status) -> dict[str, Status]:
    return {"any": status}


_NOT_THERE = {"guessed": 404, "deleted": 404}
_ORDER = {  # who may plan sees the orders of their sites
    "own": 200,
    "other_user": {"technician": 404, "*": 200},
    "other_site": {"*": 404, "administrator": 200},
    "guessed": 404,
}
_SEES_SITE: Status = {"*": 404, "administrator": 200}
_SEEN = {"own_site": 200, "everybody": 200, "other_site": _SEES_SITE, **_NOT_THERE}

_TAKEN_OUT = {  # of the figures: by who curates, and sees all who see it
    "own_site": {"technician": 403, "planner": 403, "*": 303},
    "everybody": {"*": 403, "administrator": 303},
    "other_site": {"*": 404, "administrator": 303},
    **_NOT_THERE,
}
_HANDED = {  # to one user: who got it, who gave it, and the supervisors of the site
    "own": 200,
    "received": 200,
    "other_user": {"technician": 404, "planner": 404, "*": 200},
    "other_site": {"*": 404, "administrator": 200},
    "guessed": 404,
}

SHELL = (
    Row("GET", "/healthz", _all(200), nobody=200),
    Row("GET", "/readyz", _all(200), nobody=200),
    Row("GET", "/shell/sign-in.css", _all(200), nobody=200),
    Row("GET", "/shell/app.js", _all(200)),
    Row("GET", "/sign-in", _all(303), nobody=200),
    Row("POST", "/sign-in", _all(303), nobody=303, body="name=tess&password=rusty+gate+valve+12"),
    Row("GET", "/single-sign-on", _all(502), nobody=502),  # nobody listens at its provider
    Row("GET", "/single-sign-on/return", _all(400), nobody=400),
    Row("POST", "/sign-out", _all(303), nobody=303),
    Row("GET", "/account/password", _all(200)),
    Row("POST", "/account/password", _all(422), body="old=x&new=not+the+same&again=twice"),
    Row(
        "GET", "/pages/{content_hash}/{page}.png", _SEEN, thing="content_hash", values={"page": "1"}
    ),
    Row(
        "GET",
        "/work-orders/{number}.{form}",
        _ORDER,
        thing="number",
        values={"form": "json"},
    ),
    Row(
        "GET",
        "/figures/figure.{form}",
        _all(200),
        values={"form": "csv"},
        query="query=%7B%22metrics%22%3A%5B%22ticket_count%22%5D%7D",
    ),
    Row("GET", "/shell/handover.css", _all(200)),
    Row("GET", "/handovers/{handover_id}", _HANDED, thing="handover_id"),
    Row("GET", "/past-tickets/{uid:path}", _SEEN, thing="uid"),
    Row(
        "POST",
        "/past-tickets/{uid:path}",
        _TAKEN_OUT,
        thing="uid",
        body="act=exclude&reason=it+was+superseded",
    ),
)

_JOIN = {"session_hash": "{thing}", "fn_index": 0, "data": []}
GRADIO = (
    Row("GET", "/", _all(200)),
    Row("HEAD", "/", _all(200)),
    Row("POST", "/gradio_api/upload", _all(400 if UPLOADS_BY_GRADIO else 404)),
    Row("GET", "/assets/{path:path}", _all(200), values={"path": "index-{hash}.js"}),
    Row(
        "GET",
        "/static/{path:path}",
        _all(200),
        values={"path": "js/iframeResizer.contentWindow.min.js"},
    ),
    Row("GET", "/theme.css", _all(200)),
    Row("GET", "/favicon.ico", _all(200)),
    # Whoever uses the name of a page first owns it, so that one that was guessed is one's own.
    Row(
        "POST",
        "/gradio_api/queue/join",
        {"own": 200, "other_user": 404, "other_site": 404, "guessed": 200},
        thing="session_hash",
        body=_JOIN,
    ),
    Row(
        "GET",
        "/gradio_api/queue/data",
        {"own": 200, "other_user": 404, "other_site": 404, "guessed": 200},
        thing="session_hash",
        query="session_hash={thing}",
    ),
    Row(
        "GET",
        "/gradio_api/heartbeat/{session_hash}",
        {"own": 200, "other_user": 404, "other_site": 404, "guessed": 200},
        thing="session_hash",
    ),
)
GRADIO_IS_NOT_THERE = """
    GET /openapi.json
    HEAD /openapi.json
    POST /login
    POST /login/
    GET /logout
    GET /svelte/{path:path}
    GET /config
    GET /config/
    GET /robots.txt
    GET /pwa_icon
    GET /pwa_icon/{size}
    GET /manifest.json
    GET /monitoring
    GET /monitoring/summary
    GET /monitoring/{key}
    GET /gradio_api/deep_link
    POST /gradio_api/api/{api_name}
    POST /gradio_api/api/{api_name}/
    GET /gradio_api/app_id
    GET /gradio_api/app_id/
    POST /gradio_api/call/v2/{api_name}
    POST /gradio_api/call/v2/{api_name}/
    GET /gradio_api/call/v2/{api_name}/{event_id}
    POST /gradio_api/call/{api_name}
    POST /gradio_api/call/{api_name}/
    GET /gradio_api/call/{api_name}/{event_id}
    POST /gradio_api/cancel
    POST /gradio_api/component_server
    POST /gradio_api/component_server/
    GET /gradio_api/custom_component/{id}/{environment}/{type}/{file_name}
    GET /gradio_api/dev/reload
    GET /gradio_api/file/{path:path}
    GET /gradio_api/file={path_or_url:path}
    HEAD /gradio_api/file={path_or_url:path}
    GET /gradio_api/info
    GET /gradio_api/info/
    GET /gradio_api/login_check
    GET /gradio_api/login_check/
    GET /gradio_api/openapi.json
    POST /gradio_api/process_recording
    GET /gradio_api/proxy={url_path:path}
    HEAD /gradio_api/proxy={url_path:path}
    GET /gradio_api/queue/status
    POST /gradio_api/reset
    POST /gradio_api/reset/
    POST /gradio_api/run/{api_name}
    POST /gradio_api/run/{api_name}/
    GET /gradio_api/runs
    GET /gradio_api/runs/
    GET /gradio_api/startup-events
    POST /gradio_api/stream/{event_id}
    POST /gradio_api/stream/{event_id}/close
    GET /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist-file
    GET /gradio_api/stream/{session_hash}/{run}/{component_id}/playlist.m3u8
    GET /gradio_api/stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}
    GET /gradio_api/theme.css
    GET /gradio_api/token
    GET /gradio_api/token/
    POST /gradio_api/undo-vibe-edit
    POST /gradio_api/undo-vibe-edit/
    GET /gradio_api/upload_progress
    GET /gradio_api/user
    GET /gradio_api/user/
    GET /gradio_api/vibe-code
    POST /gradio_api/vibe-code
    GET /gradio_api/vibe-code/
    POST /gradio_api/vibe-code/
    POST /gradio_api/vibe-edit
    POST /gradio_api/vibe-edit/
    POST /gradio_api/vibe-starter-queries
    POST /gradio_api/vibe-starter-queries/
"""

_MADE_OWN = {"own": 200, "other_user": 404, "other_site": 404, "guessed": 404, "deleted": 404}
_CURATES: Status = {"technician": 403, "planner": 403, "*": 200}
_CHANGES_ALL: Status = {"*": 403, "administrator": 200}  # what belongs to no site
_TO_CHANGE = {
    "own_site": _CURATES,
    "everybody": _CHANGES_ALL,
    "other_site": _SEES_SITE,
    **_NOT_THERE,
}
_INGESTS: Status = {"technician": 403, "planner": 403, "*": 200}
_IN_INTAKE = {
    "own_site": _INGESTS,
    "everybody": _INGESTS,
    "other_site": {"*": 403, "supervisor": 404, "administrator": 200},
    "guessed": {"technician": 403, "planner": 403, "*": 404},
}
_TO_RESTART = {  # what is in already can be neither cancelled nor tried again: 409
    "own_site": {"technician": 403, "planner": 403, "*": 409},
    "everybody": {"*": 403, "administrator": 409},
    "other_site": {"*": 403, "supervisor": 404, "administrator": 409},
    "guessed": {"technician": 403, "planner": 403, "*": 404},
}
_AS_ADMINISTRATOR: Status = {"*": 403, "administrator": 200}
_BY_ADMINISTRATOR: Status = {"*": 404, "administrator": 204}
_ENDS = {
    "own": 204,
    "other_user": _BY_ADMINISTRATOR,
    "other_site": _BY_ADMINISTRATOR,
    "guessed": 404,
}
_OTHERS = {
    "own": _AS_ADMINISTRATOR,
    "other_user": _AS_ADMINISTRATOR,
    "other_site": _AS_ADMINISTRATOR,
    "guessed": {"*": 403, "administrator": 404},
}


def _api(method: str, path: str, statuses: Mapping[str, Status], **more: Any) -> Row:
    return Row(method, f"/api/v1{path}", statuses, **more)


_ASKED = {"question": "E-217", "use_model": False}
API = (
    _api("GET", "/health", _all(200), nobody=200),
    _api("GET", "/ready", _all(200), nobody=200),
    _api("GET", "/openapi.json", _all(200)),
    _api("GET", "/docs", _all(200)),
    _api("POST", "/ask", _all(200), body=_ASKED),
    _api("POST", "/turns", _all(201), body=_ASKED),
    _api("GET", "/turns/{turn_id}", _MADE_OWN, thing="turn_id"),
    _api("POST", "/turns/{turn_id}/cancel", _MADE_OWN, thing="turn_id"),
    _api("GET", "/turns/{turn_id}/events", _MADE_OWN, thing="turn_id"),
    _api(
        "POST",
        "/turns/{turn_id}/checks",
        {**_MADE_OWN, "own": 422},  # its answer has no such cause
        thing="turn_id",
        body={"item": "0123456789abcdef", "tick": "ok"},
    ),
    _api("GET", "/conversations", _all(200), query="query=E-217"),
    _api("GET", "/conversations/{conversation_id}", _MADE_OWN, thing="conversation_id"),
    _api(
        "DELETE",
        "/conversations/{conversation_id}",
        {**_MADE_OWN, "own": 204},
        thing="conversation_id",
    ),
    _api("GET", "/search", _all(200), query="q=oil"),
    _api("GET", "/documents", _all(200)),
    _api("GET", "/documents/{revision_id}", _SEEN, thing="revision_id"),
    _api(
        "GET",
        "/documents/{revision_id}/pages/{page}.png",
        _SEEN,
        thing="revision_id",
        values={"page": "1"},
    ),
    _api("GET", "/documents/{revision_id}/original", _SEEN, thing="revision_id"),
    _api("POST", "/documents", _all({"technician": 403, "planner": 403, "*": 415}), body={}),
    _api("POST", "/documents/{revision_id}/approve", _TO_CHANGE, thing="revision_id"),
    _api(
        "POST",
        "/documents/{revision_id}/withdraw",
        _TO_CHANGE,
        thing="revision_id",
        body={"reason": "wrong torque"},
    ),
    _api(
        "PATCH",
        "/documents/{revision_id}",
        _TO_CHANGE,
        thing="revision_id",
        body={"title": "Press"},
    ),
    _api("DELETE", "/documents/{revision_id}", _TO_CHANGE, thing="revision_id"),
    _api("GET", "/intake", _all(_INGESTS)),
    _api(
        "GET",
        "/intake/{item_id}",
        _IN_INTAKE,
        thing="item_id",
    ),
    _api("POST", "/intake/{item_id}/cancel", _TO_RESTART, thing="item_id"),
    _api("POST", "/intake/{item_id}/retry", _TO_RESTART, thing="item_id"),
    _api("GET", "/tickets", _all(200)),
    _api("GET", "/tickets/{ticket_id}", {"guessed": 404}, thing="ticket_id"),
    _api(
        "POST",
        "/tickets/{ticket_id}/exclusion",
        {"guessed": 404},
        thing="ticket_id",
        body={"reason": "a test"},
    ),
    _api("DELETE", "/tickets/{ticket_id}/exclusion", {"guessed": 404}, thing="ticket_id"),
    _api("GET", "/assets", _all(200)),
    _api("GET", "/assets/{tag}", {"guessed": 404}, thing="tag"),
    _api("GET", "/work-orders", _all(200)),
    _api(
        "POST",
        "/work-orders",
        {**_MADE_OWN, "own": 201},
        thing="turn_id",
        body={"turn_id": "{thing}"},
    ),
    _api("GET", "/work-orders/{number}", _ORDER, thing="number"),
    _api(
        "PATCH",
        "/work-orders/{number}",
        _ORDER,
        thing="number",
        body={"version": 1, "title": "Oil the press"},
    ),
    _api("GET", "/work-orders/{number}/export", _ORDER, thing="number"),
    _api("GET", "/me", _all(200)),
    _api("GET", "/me/sessions", _all(200)),
    _api(
        "DELETE",
        "/me/sessions/{session_id}",
        {**_ENDS, "deleted": 404},
        thing="session_id",
    ),
    _api("GET", "/me/tokens", _all(200)),
    _api("POST", "/me/tokens", _all(201), body={"label": "x", "scopes": ["read"], "days": 1}),
    _api(
        "DELETE",
        "/me/tokens/{token_id}",
        _ENDS,
        thing="token_id",
    ),
    _api("PUT", "/me/password", _all(422), body={"old": "x", "new": "short"}),
    _api("GET", "/users", _all(_AS_ADMINISTRATOR)),
    _api(
        "POST",
        "/users",
        {"guessed": {"*": 403, "administrator": 201}},
        thing="name",
        body={"name": "{thing}", "role": "technician"},
    ),
    _api("GET", "/users/{name}", _OTHERS, thing="name"),
    _api("PATCH", "/users/{name}", _OTHERS, thing="name", body={"display_name": "Somebody"}),
    _api(
        "POST",
        "/users/{name}/reset",
        {key: status for key, status in _OTHERS.items() if key != "own"},
        thing="name",
    ),
    _api("GET", "/audit", _all(_AS_ADMINISTRATOR)),
    _api("GET", "/experts", _all(200)),
    _api(  # of every site, so only who sees every site names one
        "POST",
        "/experts",
        _all({"*": 403, "administrator": 409}),
        body={"user": "nobody-there", "asset_class": "Press"},
    ),
    _api(
        "DELETE",
        "/experts/{expert_id}",
        {
            "own_site": {"technician": 403, "*": 204},
            "everybody": {"*": 403, "administrator": 204},
            "other_site": {"technician": 403, "*": 404, "administrator": 204},
            "guessed": {"technician": 403, "*": 404},
        },
        thing="expert_id",
    ),
    _api("POST", "/turns/{turn_id}/forward", _MADE_OWN, thing="turn_id"),
    _api("GET", "/forwarded", _all(200)),
    _api(
        "GET",
        "/forwarded/{forwarded_id}",
        {"own": 200, "other_user": 404, "other_site": 404, "guessed": 404},
        thing="forwarded_id",
    ),
    _api(
        "POST",
        "/forwarded/{forwarded_id}/reply",
        {"own": 404, "other_user": 404, "other_site": 404, "guessed": 404},
        thing="forwarded_id",
        body={"text": "Swap fuse F3"},
    ),
)
_FIGURE = {"metrics": ["ticket_count"]}
_SAVED = {"own": 200, "other_user": 404, "other_site": 404, "shared": 200, "guessed": 404}
"""Of a figure that its owner alone sees, and of one that is shared at a common site."""
_OWN_SAVED = {**_SAVED, "shared": 404}
FIGURES = (
    _api("POST", "/figures", _all(200), body=_FIGURE),
    _api("POST", "/figures/ask", _all(200), body={"text": "How many breakdowns last month?"}),
    _api("POST", "/figures/tickets", _all(200), body={"query": _FIGURE}),
    _api("GET", "/brief", _all(200), query="month=2026-10"),
    _api("GET", "/figures/definitions", _all(200)),
    _api(
        "GET", "/figures/export", _all(200), query="query=%7B%22metrics%22%3A%5B%22mtbf_h%22%5D%7D"
    ),
    _api("GET", "/figures/saved", _all(200)),
    _api(
        "POST",
        "/figures/saved",
        {"guessed": 201},
        thing="saved_name",
        body={"name": "{thing}", "query": _FIGURE},
    ),
    _api("GET", "/figures/saved/{saved_id}", _SAVED, thing="saved_id"),
    _api(
        "PUT",
        "/figures/saved/{saved_id}",
        _OWN_SAVED,
        thing="saved_id",
        body={"name": "{thing}", "query": _FIGURE},
    ),
    _api("DELETE", "/figures/saved/{saved_id}", {**_OWN_SAVED, "own": 204}, thing="saved_id"),
    _api("PUT", "/figures/saved/{saved_id}/pin", _SAVED, thing="saved_id"),
    _api("DELETE", "/figures/saved/{saved_id}/pin", _SAVED, thing="saved_id"),
    _api("GET", "/figures/saved/{saved_id}/figure", _SAVED, thing="saved_id"),
    _api("GET", "/figures/saved/{saved_id}/export", _SAVED, thing="saved_id"),
    _api("GET", "/figures/saved/{saved_id}/runs", _OWN_SAVED, thing="saved_id"),
    _api(
        "GET",
        "/figures/saved/{saved_id}/runs/{run_id}",
        {"own": 404, "other_user": 404, "other_site": 404, "shared": 404, "guessed": 404},
        thing="saved_id",
        values={"run_id": "never-was"},
    ),
)
_NOT_THERE_ROWS = tuple(
    Row(*line.split(), _all(404)) for line in GRADIO_IS_NOT_THERE.strip().splitlines()
)
ROWS = (*SHELL, *GRADIO, *_NOT_THERE_ROWS, *API, *FIGURES)
