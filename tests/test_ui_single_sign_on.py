"""Single sign-on: with a real provider, and with one that lies."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from fastapi import FastAPI, Request
from pydantic import SecretStr, ValidationError
from starlette.testclient import TestClient

from assistant.audit import AuditLog
from assistant.errors import AccountRefused
from index.access import LOCAL
from index.errors import HomeError
from index.home import Home
from tests.lying_provider import LyingProvider, lying, true_claims
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, RunningProvider, install, running
from ui.identity import NotSignedIn, principal_of
from ui.oidc_client import OidcClient, Secrets, SignInFailed
from ui.oidc_pending import LONGEST_S, PendingSignIns
from ui.oidc_rights import provided_user
from ui.oidc_settings import OidcSettings
from ui.settings import Settings, load_settings
from ui.single_sign_on import RETURN, add_routes, provider_of
from ui.wiring import Services

BASE = "http://127.0.0.1:7860"
USERS = {
    "t-1": {"preferred_username": "tess", "name": "Tess T.", "groups": ["Maintenance", "Hall-1"]},
    "a-1": {"preferred_username": "ada", "name": "Ada", "groups": ["IT", "Maintenance"]},
    "v-1": {"preferred_username": "vera", "name": "Vera", "groups": ["Canteen"]},
    "n-1": {"name": "Nobody", "groups": ["Maintenance"]},
}
RIGHTS: dict[str, Any] = {
    "roles": {"Maintenance": "technician", "IT": "administrator"},
    "sites": {"Hall-1": ("Hall 1",)},
}


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProvider]:
    folder = tmp_path_factory.mktemp("provider") / "npm"
    node = install(folder)
    with running(folder, node, BASE + RETURN, USERS) as found:
        yield found


@pytest.fixture
def liar() -> Iterator[LyingProvider]:
    with lying() as found:
        yield found


def _services(home: Path, settings: OidcSettings) -> Services:
    return Services(Home(home), Settings(models=home / "no-models", oidc=settings))


def _browser(services: Services, base: str = BASE) -> TestClient:
    web = FastAPI()
    add_routes(web, services)

    @web.get("/who")
    def who(request: Request) -> str:
        try:
            return principal_of(services, request).user
        except NotSignedIn:
            return ""

    return TestClient(web, base_url=base, follow_redirects=False)


def _of_provider(provider: RunningProvider, tmp_path: Path) -> Services:
    settings = OidcSettings(
        issuer=provider.issuer,
        client_id=CLIENT_ID,
        client_secret=SecretStr(CLIENT_SECRET),
        scopes=("openid", "profile", "groups"),
        **RIGHTS,
    )
    return _services(tmp_path / "home", settings)


@pytest.fixture
def real(provider: RunningProvider, tmp_path: Path) -> Services:
    return _of_provider(provider, tmp_path)


def _begin(browser: TestClient, wanted: str = "/") -> str:
    answer = browser.get(f"/single-sign-on?next={quote(wanted, safe='')}")
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def _back(place: str) -> str:
    assert place.startswith(BASE + RETURN)
    return place.removeprefix(BASE)


def test_who_signs_in_at_the_provider_has_a_session_here(
    real: Services, provider: RunningProvider
) -> None:
    browser = _browser(real)
    assert browser.get("/who").json() == ""
    place = provider.sign_in(_begin(browser, "/documents?x=1"), "t-1")
    answer = browser.get(_back(place))
    assert (answer.status_code, answer.headers["location"]) == (303, "/documents?x=1")
    cookies = answer.headers.get_list("set-cookie")
    assert any("faultbook=" in each and "HttpOnly" in each for each in cookies)
    assert browser.get("/who").json() == "tess"
    account = real.accounts.get(LOCAL, "tess")
    assert (account.provider, account.display_name) == (provider.issuer, "Tess T.")
    assert (account.role, account.sites, account.groups) == ("technician", ("Hall 1",), ())
    actions = [(row.user, row.action) for row in AuditLog(real.records.engine).rows()]
    assert actions == [("tess", "account added"), ("tess", "sign-in")]


def test_the_highest_role_counts_and_an_administrator_has_every_site(
    real: Services, provider: RunningProvider
) -> None:
    browser = _browser(real)
    browser.get(_back(provider.sign_in(_begin(browser), "a-1")))
    account = real.accounts.get(LOCAL, "ada")
    assert (account.role, account.sites, account.groups) == ("administrator", None, None)


@pytest.mark.parametrize(
    ("user", "why"),
    [
        ("v-1", "as vera, but none of your groups there gives you a role"),
        ("n-1", "sends no user name in the claim &#x27;preferred_username&#x27;"),
    ],
)
def test_who_has_no_role_or_name_at_the_provider_gets_no_access(
    real: Services, provider: RunningProvider, user: str, why: str
) -> None:
    browser = _browser(real)
    answer = browser.get(_back(provider.sign_in(_begin(browser), user)))
    assert answer.status_code == 403
    assert why in answer.text
    assert browser.get("/who").json() == ""
    assert real.accounts.list(LOCAL) == ()


def test_a_local_account_of_the_same_name_is_never_taken_over(
    real: Services, provider: RunningProvider
) -> None:
    real.accounts.add("TESS", "administrator", LOCAL)
    browser = _browser(real)
    answer = browser.get(_back(provider.sign_in(_begin(browser), "t-1")))
    assert answer.status_code == 403
    assert "The name &#x27;TESS&#x27; is taken" in answer.text
    assert browser.get("/who").json() == ""
    assert real.accounts.get(LOCAL, "tess").provider == ""


def test_a_disabled_account_stays_out_whatever_the_provider_says(
    real: Services, provider: RunningProvider
) -> None:
    browser = _browser(real)
    browser.get(_back(provider.sign_in(_begin(browser), "t-1")))
    real.accounts.disable(LOCAL, "tess")
    assert browser.get("/who").json() == ""
    answer = browser.get(_back(provider.sign_in(_begin(browser), "t-1")))
    assert answer.status_code == 403
    assert "The account tess is disabled" in answer.text
    assert browser.get("/who").json() == ""


def test_rights_follow_the_provider_at_each_sign_in(
    real: Services, provider: RunningProvider, tmp_path: Path
) -> None:
    first = _browser(real)
    first.get(_back(provider.sign_in(_begin(first), "t-1")))
    assert first.get("/who").json() == "tess"
    changed = real.settings.oidc.model_copy(update={"roles": {"Hall-1": "planner"}})
    again = _services(tmp_path / "home", changed)
    second = _browser(again)
    second.get(_back(provider.sign_in(_begin(second), "t-1")))
    assert again.accounts.get(LOCAL, "tess").role == "planner"
    assert first.get("/who").json() == ""  # a new role ends the sessions of the old one
    assert second.get("/who").json() == "tess"
    none = _services(tmp_path / "home", changed.model_copy(update={"roles": {}}))
    third = _browser(none)
    assert third.get(_back(provider.sign_in(_begin(third), "t-1"))).status_code == 403
    assert second.get("/who").json() == ""  # who has no role any more is signed out everywhere


def test_a_code_is_good_once_and_in_its_browser_only(
    real: Services, provider: RunningProvider
) -> None:
    browser, other = _browser(real), _browser(real)
    place = _back(provider.sign_in(_begin(browser), "t-1"))
    assert other.get(place).status_code == 400  # a link that somebody else was sent
    assert other.get("/who").json() == ""
    assert browser.get(place).status_code == 303
    again = browser.get(place)
    assert again.status_code == 400
    assert "was used" in again.text
    code, state = (parse_qs(urlsplit(place).query)[name][0] for name in ("code", "state"))
    third = _browser(real)
    new = parse_qs(urlsplit(_begin(third)).query)["state"][0]
    assert new != state
    replayed = third.get(f"{RETURN}?code={code}&state={new}&iss={quote(provider.issuer)}")
    assert replayed.status_code == 403  # another sign-in has another verifier
    assert third.get("/who").json() == ""


def test_who_gives_up_at_the_provider_is_told_so(real: Services, provider: RunningProvider) -> None:
    browser = _browser(real)
    answer = browser.get(_back(provider.give_up(_begin(browser))))
    assert answer.status_code == 403
    assert "it was given up" in answer.text


def test_a_wrong_secret_of_the_client_opens_nothing(
    real: Services, provider: RunningProvider
) -> None:
    wrong = real.settings.oidc.model_copy(update={"client_secret": SecretStr("wrong")})
    browser = _browser(Services(real.home, real.settings.model_copy(update={"oidc": wrong})))
    answer = browser.get(_back(provider.sign_in(_begin(browser), "t-1")))
    assert answer.status_code == 403
    assert "did not take the code" in answer.text


def _of_liar(liar: LyingProvider, tmp_path: Path, **changed: Any) -> Services:
    rights: dict[str, Any] = {"roles": {"technicians": "technician"}}
    settings = OidcSettings(issuer=liar.issuer, client_id="faultbook", **rights | changed)
    return _services(tmp_path / "home", settings)


def _come_back(
    browser: TestClient,
    liar: LyingProvider,
    change: Callable[[LyingProvider], object] = lambda _: None,
    wanted: str = "/",
    **sent: str,
) -> Any:
    """Begin, let the provider change its mind, and come back."""
    begun = parse_qs(urlsplit(_begin(browser, wanted)).query)
    liar.claims = true_claims(liar, begun["nonce"][0])
    change(liar)
    parameters = {"code": "c", "state": begun["state"][0]} | sent
    return browser.get(RETURN, params=parameters)


def test_what_is_asked_of_the_provider(liar: LyingProvider, tmp_path: Path) -> None:
    browser = _browser(_of_liar(liar, tmp_path, prompt="login", public_url="https://fb.example/"))
    begun = {k: v[0] for k, v in parse_qs(urlsplit(_begin(browser)).query).items()}
    assert begun["response_type"] == "code"
    assert begun["code_challenge_method"] == "S256"
    assert begun["prompt"] == "login"
    assert begun["scope"] == "openid profile"
    assert begun["redirect_uri"] == "https://fb.example/single-sign-on/return"
    assert len({begun["state"], begun["nonce"], begun["code_challenge"]}) == 3
    assert min(len(begun[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    browser.get(RETURN, params={"code": "c", "state": begun["state"]})
    assert liar.asked[0]["code_verifier"] not in begun.values()
    assert liar.asked[0]["redirect_uri"] == begun["redirect_uri"]


def test_an_honest_answer_opens_a_session(liar: LyingProvider, tmp_path: Path) -> None:
    browser = _browser(_of_liar(liar, tmp_path))
    assert _come_back(browser, liar).status_code == 303
    assert browser.get("/who").json() == "tess"


def _claims(**changed: Any) -> Callable[[LyingProvider], object]:
    return lambda liar: liar.claims.update(changed)


def _without(name: str) -> Callable[[LyingProvider], object]:
    return lambda liar: liar.claims.pop(name)


def _signed(how: str) -> Callable[[LyingProvider], object]:
    return lambda liar: setattr(liar, "sign", getattr(liar, how))


LIES: dict[str, Callable[[LyingProvider], object]] = {
    "wrong nonce": _claims(nonce="another"),
    "no nonce": _without("nonce"),
    "expired": _claims(exp=int(time.time()) - 120),
    "no expiry": _without("exp"),
    "issued in the future": _claims(iat=int(time.time()) + 86_400),
    "not valid yet": _claims(nbf=int(time.time()) + 86_400),
    "other issuer": _claims(iss="https://evil.example"),
    "no issuer": _without("iss"),
    "other audience": _claims(aud="another client"),
    "more audiences and no party": _claims(aud=["faultbook", "another client"]),
    "issued to another party": _claims(aud=["faultbook", "another"], azp="another"),
    "no audience": _without("aud"),
    "no subject": _without("sub"),
    "empty subject": _claims(sub=""),
    "a subject that is no text": _claims(sub=["s-1"]),
    "not signed": _signed("unsigned"),
    "signed by another key": _signed("signed_by_another"),
    "signed by the public key as a secret": _signed("signed_by_the_public_key"),
    "signed by a symmetric key that is published": _signed("signed_by_a_shared_key"),
    "changed after it was signed": _signed("changed_after_signing"),
    "no id token": lambda liar: setattr(liar, "sign", lambda _: None),
    "an id token that is no token": lambda liar: setattr(liar, "sign", lambda _: "a.b.c"),
    "wrong hash of the access token": _claims(at_hash="wrong"),
    "user info of another user": lambda liar: setattr(liar, "user_info", {"sub": "s-2"}),
    "no user info": lambda liar: setattr(liar, "user_info_status", 500),
    "code refused": lambda liar: setattr(liar, "token_status", 400),
    "provider broken": lambda liar: setattr(liar, "token_status", 500),
}


SAID = {
    "no id token": "sent no id token",
    "user info of another user": "or about another",
    "no user info": "says nothing about the user",
    "code refused": "did not take the code",
    "provider broken": "did not take the code",
}


@pytest.mark.parametrize("lie", LIES)
def test_what_cannot_be_trusted_is_refused_for_what_it_is(liar: LyingProvider, lie: str) -> None:
    client = OidcClient(OidcSettings(issuer=liar.issuer, client_id="faultbook"))
    secrets = Secrets("state", "nonce", "v" * 43)
    liar.claims = true_claims(liar, "nonce")
    assert client.claims({"code": "c"}, secrets, BASE)["sub"] == "s-1"
    LIES[lie](liar)
    with pytest.raises(SignInFailed, match=SAID.get(lie, "The id token does not hold")):
        client.claims({"code": "c"}, secrets, BASE)


def test_a_refused_sign_in_opens_nothing_and_tells_no_secret(
    liar: LyingProvider, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    services = _of_liar(liar, tmp_path)
    browser = _browser(services)
    with caplog.at_level(logging.DEBUG):
        answer = _come_back(browser, liar, _signed("unsigned"))
    assert answer.status_code == 403
    assert browser.get("/who").json() == ""
    assert services.accounts.list(LOCAL) == ()
    assert liar.asked[0]["code_verifier"] not in answer.text + caplog.text


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"state": "another"}, 400),
        ({"state": ""}, 400),
        ({"code": ""}, 403),
        ({"iss": "https://evil.example"}, 403),
        ({"error": "access_denied", "error_description": "<script>alert(1)</script>"}, 403),
        ({"code": "c" * 10_000}, 400),
    ],
)
def test_a_wrong_way_back_opens_nothing(
    liar: LyingProvider, tmp_path: Path, sent: dict[str, str], status: int
) -> None:
    browser = _browser(_of_liar(liar, tmp_path))
    answer = _come_back(browser, liar, **sent)
    assert answer.status_code == status
    assert "<script>" not in answer.text
    assert browser.get("/who").json() == ""
    assert liar.asked == []  # nothing was sent to the provider


def test_a_provider_that_says_who_answers_must_do_so(liar: LyingProvider, tmp_path: Path) -> None:
    liar.metadata["authorization_response_iss_parameter_supported"] = True
    browser = _browser(_of_liar(liar, tmp_path))
    assert _come_back(browser, liar).status_code == 403
    assert _come_back(browser, liar, iss=liar.issuer).status_code == 303


def test_nobody_is_sent_elsewhere_after_the_sign_in(liar: LyingProvider, tmp_path: Path) -> None:
    browser = _browser(_of_liar(liar, tmp_path))
    for wanted in (
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/%0d%0aSet-Cookie: x=1\r\nSet-Cookie: y=1",
        "javascript:alert(1)",
        "evil.example",
        "",
        "/sign-out",
    ):
        answer = _come_back(browser, liar, wanted=wanted)
        assert (answer.status_code, answer.headers["location"]) == (303, "/"), wanted
        assert "y" not in answer.cookies


def test_over_https_the_cookies_are_bound_to_this_host(liar: LyingProvider, tmp_path: Path) -> None:
    browser = _browser(_of_liar(liar, tmp_path), "https://127.0.0.1:7860")
    answer = browser.get("/single-sign-on")
    (cookie,) = answer.headers.get_list("set-cookie")
    assert cookie.startswith("__Host-faultbook-sign-in=")
    for part in ("Secure", "HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={LONGEST_S}"):
        assert part in cookie
    assert _come_back(browser, liar).status_code == 303
    assert browser.get("/who").json() == "tess"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"issuer": "https://evil.example"}, "They must be the same"),
        ({"token_endpoint": "http://evil.example/token"}, "no safe address"),
        ({"jwks_uri": "file:///etc/passwd"}, "no safe address"),
        ({"userinfo_endpoint": "http://user@127.0.0.1/"}, "no safe address"),
        ({"authorization_endpoint": None}, "no safe address"),
    ],
)
def test_metadata_that_leads_elsewhere_is_refused(
    liar: LyingProvider, tmp_path: Path, changed: dict[str, Any], why: str
) -> None:
    liar.metadata.update(changed)
    answer = _browser(_of_liar(liar, tmp_path)).get("/single-sign-on")
    assert answer.status_code == 502
    assert why in answer.text


def test_a_provider_that_is_down_is_said_to_be_so(tmp_path: Path) -> None:
    with lying() as liar:
        services = _of_liar(liar, tmp_path)
    answer = _browser(services).get("/single-sign-on")
    assert answer.status_code == 502
    assert "does not answer" in answer.text


def test_new_keys_of_the_provider_are_fetched_but_not_for_every_bad_token(
    liar: LyingProvider, tmp_path: Path
) -> None:
    browser = _browser(_of_liar(liar, tmp_path))
    for _ in range(5):
        assert _come_back(browser, liar, _signed("signed_by_another")).status_code == 403
    assert liar.key_fetches == 1
    liar.sign = liar.signed
    assert _come_back(browser, liar).status_code == 303
    assert liar.key_fetches == 1


def test_without_an_issuer_there_is_no_single_sign_on(tmp_path: Path) -> None:
    services = _services(tmp_path / "home", OidcSettings())
    assert provider_of(services) is None
    assert _browser(services).get("/single-sign-on").status_code == 404


def test_the_sign_in_page_offers_the_provider(tmp_path: Path) -> None:
    settings = OidcSettings(issuer="https://id.example", client_id="x", label="Plant ID")
    found = provider_of(_services(tmp_path / "home", settings))
    assert found is not None
    assert (found.path, found.name) == ("/single-sign-on", "Plant ID")


def test_a_flood_of_begun_sign_ins_pushes_out_none_of_others() -> None:
    at = [0.0]
    pending = PendingSignIns(clock=lambda: at[0])
    mine, browser = pending.begin("r", "/", "192.0.2.7")
    for _ in range(5000):
        last, flooder = pending.begin("r", "/", "203.0.113.9")
    assert pending.take(last.secrets.state, browser) is None
    assert pending.take(last.secrets.state, flooder) is last
    assert pending.take(mine.secrets.state, browser) is mine
    mine, browser = pending.begin("r", "/", "192.0.2.7")
    at[0] = LONGEST_S
    assert pending.take(mine.secrets.state, browser) is None


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({}, (None, (), ())),
        ({"groups": "Maintenance"}, ("technician", (), ())),
        ({"groups": ["Maintenance", 7, None, {"a": 1}]}, ("technician", (), ())),
        ({"groups": {"Maintenance": True}}, (None, (), ())),
        ({"groups": ["maintenance"]}, (None, (), ())),
        ({"groups": ["Lead", "Maintenance", "North"]}, ("supervisor", ("N 1", "N 2"), ("e",))),
        ({"groups": ["Lead", "All"]}, ("supervisor", None, None)),
    ],
)
def test_what_claims_give(claims: dict[str, Any], expected: tuple[Any, ...]) -> None:
    settings = OidcSettings(
        roles={"Maintenance": "technician", "Lead": "supervisor"},
        sites={"North": ("N 2", "N 1")},
        groups={"North": ("e",)},
        every_site=("All",),
        every_group=("All",),
    )
    user = provided_user({"sub": "1", "preferred_username": "tess"} | claims, settings)
    assert (user.role, user.sites, user.groups) == expected


def test_another_claim_can_name_the_user() -> None:
    settings = OidcSettings(name_claim="email")
    assert provided_user({"sub": "1", "email": "t@plant.example"}, settings).name == (
        "t@plant.example"
    )
    with pytest.raises(AccountRefused, match=r"oidc\.name_claim"):
        provided_user({"sub": "1", "email": 7}, settings)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"issuer": "http://id.example", "client_id": "x"}, "no https address"),
        ({"issuer": "https://", "client_id": "x"}, "no https address"),
        ({"issuer": "https://id.example"}, "needs a client_id"),
        ({"issuer": "https://id.example", "client_id": "x", "scopes": ("profile",)}, "'openid'"),
        ({"roles": {"IT": "boss"}}, "technician"),
        ({"rolls": {}}, "not permitted"),
        (
            {
                "issuer": "https://id.example",
                "client_id": "x",
                "client_secret": "a",
                "client_secret_file": "b",
            },
            "give one",
        ),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        OidcSettings(**fields)


def test_the_secret_comes_from_the_settings_or_a_file_and_is_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "settings.toml").write_text(
        '[oidc]\nissuer = "https://id.example"\nclient_id = "x"\nclient_secret = "s3cret-value"\n'
        '[oidc.roles]\nIT = "administrator"\n[oidc.sites]\nNorth = ["N 1"]\n',
        encoding="utf-8",
    )
    settings = load_settings(tmp_path).oidc
    assert settings.secret() == "s3cret-value"
    assert "s3cret-value" not in repr(settings) + str(settings)
    with monkeypatch.context() as patch:
        patch.setenv("FAULTBOOK_OIDC__CLIENT_SECRET", "from a variable")
        assert load_settings(tmp_path).oidc.secret() == "from a variable"
        patch.setenv("FAULTBOOK_OIDC", "no json")
        with pytest.raises(HomeError, match="FAULTBOOK_OIDC is not a JSON object"):
            load_settings(tmp_path)
    assert (settings.roles, settings.sites) == ({"IT": "administrator"}, {"North": ("N 1",)})
    path = tmp_path / "secret"
    with_file = OidcSettings(issuer="https://id.example", client_id="x", client_secret_file=path)
    with pytest.raises(HomeError, match="cannot be read"):
        with_file.secret()
    path.write_text("\n", encoding="utf-8")
    with pytest.raises(HomeError, match="holds no secret"):
        with_file.secret()
    path.write_text("from a file\n", encoding="utf-8")
    assert with_file.secret() == "from a file"
