"""A provider of OpenID Connect on loopback that says what a test wants, true or not."""

from __future__ import annotations

import base64
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID = "faultbook"
_KEY = RSAKey.generate_key(2048, {"kid": "first"})
_OTHER_KEY = RSAKey.generate_key(2048, {"kid": "other"})


class LyingProvider:
    """What it says is changed by the fields; the truth is what they hold at first."""

    def __init__(self) -> None:
        self.issuer = ""
        self.metadata: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.user_info: dict[str, Any] | None = None
        self.user_info_status = 200
        self.sign: Callable[[dict[str, Any]], str | None] = self.signed
        self.keys: list[dict[str, Any]] = [_KEY.as_dict(private=False)]
        self.token_status = 200
        self.asked: list[dict[str, str]] = []
        self.key_fetches = 0

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "first"}, claims, _KEY)

    def signed_by_another(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "first"}, claims, _OTHER_KEY)

    def unsigned(self, claims: dict[str, Any]) -> str:
        return f"{_base64({'alg': 'none'})}.{_base64(claims)}."

    def signed_by_the_public_key(self, claims: dict[str, Any]) -> str:
        """HS256 with the public key as its secret: the classic confusion of algorithms."""
        text = f"{_base64({'alg': 'HS256', 'kid': 'first'})}.{_base64(claims)}"
        signature = hmac.digest(_KEY.as_pem(private=False), text.encode(), "sha256")
        return f"{text}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"

    def signed_by_a_shared_key(self, claims: dict[str, Any]) -> str:
        """HS256 with a symmetric key that the provider publishes."""
        key = OctKey.generate_key(256, {"kid": "shared"})
        self.keys = [*self.keys, key.as_dict()]
        return jwt.encode({"alg": "HS256", "kid": "shared"}, claims, key, algorithms=["HS256"])

    def changed_after_signing(self, claims: dict[str, Any]) -> str:
        head, _, signature = self.signed(claims).split(".")
        return f"{head}.{_base64({**claims, 'sub': 'somebody else'})}.{signature}"

    def renew_keys(self) -> None:
        """Sign with a new key from now on, and publish it."""
        self.keys = [_OTHER_KEY.as_dict(private=False)]
        self.sign = lambda claims: jwt.encode({"alg": "RS256", "kid": "other"}, claims, _OTHER_KEY)

    def answer(self, path: str, sent: dict[str, str]) -> tuple[int, Any]:
        if path == "/.well-known/openid-configuration":
            return 200, self.metadata
        if path == "/keys":
            self.key_fetches += 1
            return 200, {"keys": self.keys}
        if path == "/me":
            return self.user_info_status, self.user_info or {"sub": self.claims.get("sub")}
        self.asked.append(sent)
        if self.token_status != 200:
            return self.token_status, {"error": "invalid_grant"}
        token = {"access_token": "a", "token_type": "Bearer", "id_token": self.sign(self.claims)}
        return 200, token


@contextmanager
def lying() -> Iterator[LyingProvider]:
    """Run a provider until the block ends."""
    provider = LyingProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            self._answer({name: values[0] for name, values in parse_qs(body).items()})

        def _answer(self, sent: dict[str, str]) -> None:
            status, shape = provider.answer(urlsplit(self.path).path, sent)
            content = json.dumps(shape).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    provider.metadata = {
        "issuer": provider.issuer,
        "authorization_endpoint": f"{provider.issuer}/authorize",
        "token_endpoint": f"{provider.issuer}/token",
        "jwks_uri": f"{provider.issuer}/keys",
        "userinfo_endpoint": f"{provider.issuer}/me",
    }
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def true_claims(provider: LyingProvider, nonce: str) -> dict[str, Any]:
    """The claims of an honest id token."""
    at = int(time.time())
    return {
        "iss": provider.issuer,
        "sub": "s-1",
        "aud": CLIENT_ID,
        "iat": at,
        "exp": at + 300,
        "nonce": nonce,
        "preferred_username": "tess",
        "groups": ["technicians"],
    }


def _base64(shape: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(shape).encode()).decode().rstrip("=")
