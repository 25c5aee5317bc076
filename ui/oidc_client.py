"""A relying party of OpenID Connect: the code flow with PKCE, and the check of what comes back.

Knows nothing of accounts and pages. What it cannot trust it refuses, with the reason in words.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError  # type: ignore[import-untyped]
from authlib.integrations.httpx_client import OAuth2Client  # type: ignore[import-untyped]
from authlib.oidc.core import CodeIDToken  # type: ignore[import-untyped]
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from assistant.errors import AssistantError
from ui.oidc_settings import OidcSettings, is_safe_url

_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
_LEEWAY_S = 60  # by which clocks may differ
_LIMIT_S = 10.0  # for each answer of the provider
_FRESH_S = 3600.0  # for which its metadata and keys are kept
_AGAIN_S = 30.0  # before its keys are fetched again for a key that is not known


class SignInFailed(AssistantError):
    """A sign-in at the provider did not succeed, or what it said cannot be trusted."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """What one sign-in is known by: its state, its nonce, and the verifier of its code."""

    state: str
    nonce: str
    verifier: str


class OidcClient:
    """Talks to one provider."""

    def __init__(self, settings: OidcSettings, *, clock: Callable[[], float] = time.time) -> None:
        """Use settings that name an issuer.

        Raises:
            HomeError: the secret of the client cannot be read.
        """
        self._settings = settings
        self._secret = settings.secret()
        self._clock = clock
        self._lock = threading.Lock()
        self._metadata: dict[str, Any] = {}
        self._metadata_at = 0.0
        self._keys = KeySet([])
        self._keys_at = 0.0

    def authorization_url(self, secrets: Secrets, redirect_uri: str) -> str:
        """Where the browser is sent.

        Raises:
            SignInFailed: the provider cannot be reached or its metadata is wrong.
        """
        metadata = self._discover()
        extra = {"prompt": self._settings.prompt} if self._settings.prompt else {}
        with self._session(metadata, redirect_uri) as session:
            url, _ = session.create_authorization_url(
                metadata["authorization_endpoint"],
                state=secrets.state,
                nonce=secrets.nonce,
                code_verifier=secrets.verifier,
                **extra,
            )
        return str(url)

    def claims(
        self, answer: Mapping[str, str], secrets: Secrets, redirect_uri: str
    ) -> dict[str, Any]:
        """What the provider says of the user, for the parameters that the browser came back with.

        The caller has compared the state.

        Raises:
            SignInFailed: the provider refused, or something does not hold.
        """
        metadata = self._discover()
        self._check_sender(answer, metadata)
        if "error" in answer:
            raise SignInFailed("The provider refused the sign-in, or it was given up.")
        if not answer.get("code"):
            raise SignInFailed("The provider sent no code.")
        with self._session(metadata, redirect_uri) as session:
            try:
                token = session.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=answer["code"],
                    code_verifier=secrets.verifier,
                )
                claims = self._checked(token, secrets.nonce, metadata)
                return self._with_user_info(claims, session, metadata)
            except (OAuthError, httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
                raise SignInFailed(
                    f"The provider did not take the code ({type(error).__name__})."
                ) from error

    def _session(self, metadata: Mapping[str, Any], redirect_uri: str) -> OAuth2Client:
        known = metadata.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        method = "client_secret_basic" if "client_secret_basic" in known else "client_secret_post"
        return OAuth2Client(
            self._settings.client_id,
            self._secret or None,
            token_endpoint_auth_method=method if self._secret else "none",
            scope=" ".join(self._settings.scopes),
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=_LIMIT_S,
        )

    def _check_sender(self, answer: Mapping[str, str], metadata: Mapping[str, Any]) -> None:
        """Refuse an answer of another provider (RFC 9207)."""
        must_be = bool(metadata.get("authorization_response_iss_parameter_supported"))
        sender = answer.get("iss")
        if sender != self._settings.issuer and (must_be or sender is not None):
            raise SignInFailed("The answer comes from another provider.")

    def _checked(
        self, token: Mapping[str, Any], nonce: str, metadata: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The claims of an id token whose signature and claims hold."""
        text = token.get("id_token")
        if not isinstance(text, str):
            raise SignInFailed("The provider sent no id token.")
        options = {
            "iss": {"essential": True, "value": self._settings.issuer},
            "aud": {"essential": True, "value": self._settings.client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
            "nonce": {"essential": True, "value": nonce},
        }
        params = {
            "nonce": nonce,
            "client_id": self._settings.client_id,
            "access_token": token.get("access_token"),
        }
        try:
            decoded = self._decode(text, metadata)
            claims = CodeIDToken(decoded.claims, decoded.header, options, params)
            claims.validate(now=int(self._clock()), leeway=_LEEWAY_S)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise SignInFailed(f"The id token does not hold ({type(error).__name__}).") from error
        return dict(claims)

    def _decode(self, text: str, metadata: Mapping[str, Any]) -> jwt.Token:
        try:
            return jwt.decode(text, self._key_set(metadata), algorithms=_ALGORITHMS)
        except (JoseError, ValueError):  # the provider may sign with a key that is new
            if self._clock() - self._keys_at < _AGAIN_S:
                raise
        return jwt.decode(text, self._key_set(metadata, again=True), algorithms=_ALGORITHMS)

    def _with_user_info(
        self, claims: dict[str, Any], session: OAuth2Client, metadata: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The claims with what the provider tells on request only, such as groups."""
        place = metadata.get("userinfo_endpoint")
        if place is None:
            return claims
        response = session.get(place)
        told = response.json() if response.status_code == 200 else None
        if not isinstance(told, dict) or told.get("sub") != claims["sub"]:
            raise SignInFailed("The provider says nothing about the user, or about another.")
        return {**told, **claims}

    def _discover(self) -> dict[str, Any]:
        """The provider's metadata, fetched when it is first needed and now and then."""
        with self._lock:
            if not self._metadata or self._clock() - self._metadata_at > _FRESH_S:
                place = f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration"
                found = _fetch(place)
                if found.get("issuer") != self._settings.issuer:
                    raise SignInFailed(
                        f"{place} names the issuer {found.get('issuer')!r}, and the setting "
                        f"'oidc.issuer' {self._settings.issuer!r}. They must be the same."
                    )
                self._metadata, self._metadata_at = _checked_metadata(found, place), self._clock()
            return self._metadata

    def _key_set(self, metadata: Mapping[str, Any], *, again: bool = False) -> KeySet:
        with self._lock:
            if again or not self._keys.keys or self._clock() - self._keys_at > _FRESH_S:
                found = _fetch(metadata["jwks_uri"])
                # A symmetric key in the set would let anybody sign who can read it.
                keys = [key for key in found.get("keys", []) if key.get("kty") != "oct"]
                self._keys = KeySet.import_key_set({"keys": keys})
                self._keys_at = self._clock()
            return self._keys


def _fetch(place: str) -> dict[str, Any]:
    try:
        response = httpx2.get(place, timeout=_LIMIT_S, follow_redirects=False)
        response.raise_for_status()
        found = response.json()
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise SignInFailed(
            f"The provider does not answer at {place} ({type(error).__name__})."
        ) from error
    if not isinstance(found, dict):
        raise SignInFailed(f"What the provider answers at {place} is no JSON object.")
    return found


def _checked_metadata(found: dict[str, Any], place: str) -> dict[str, Any]:
    needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
    for name in (*needed, "userinfo_endpoint"):
        url = found.get(name)
        if (url is None and name in needed) or (url is not None and not _is_safe(url)):
            raise SignInFailed(f"{place} names no safe address as {name!r}.")
    return found


def _is_safe(url: object) -> bool:
    return isinstance(url, str) and is_safe_url(url)
