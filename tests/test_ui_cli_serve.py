"""Serving the app: what is refused, and a server of its own that is asked and ended."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from assistant import record_tables
from assistant.records import Records
from index.access import LOCAL
from index.database import open_engine
from index.home import Home
from tests.authority import Authority
from tests.command_line import fail, variables
from ui.cli.serve import is_loopback

pytest_plugins = ["tests.command_fixtures"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost", "::1"])
def test_addresses_of_this_machine_are_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "plant.example", "", "127.1"])
def test_other_addresses_are_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "plant.example"])
def test_an_address_that_others_reach_is_refused_with_the_reason(
    empty_home: Path, host: str
) -> None:
    message = fail("serve", "--host", host)
    assert message.startswith(f"Faultbook does not listen on {host} without HTTPS")
    assert "Give --tls CERT KEY, or --trusted-proxy ADDRESS" in message
    assert "or use --host 127.0.0.1" in message
    assert not empty_home.exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--trusted-proxy", "plant.example"), "--trusted-proxy plant.example is no address."),
        (("--trusted-proxy", "*"), "--trusted-proxy * is no address."),
        (("--trusted-proxy", "0.0.0.0/0"), "would trust too many"),
        (("--trusted-proxy", "::/0"), "would trust too many"),
        (("--allowed-host", "*"), "--allowed-host * is no name of a host."),
        (("--allowed-host", "https://plant.example"), "without https:// and without a port"),
        (("--allowed-host", "plant.example:8443"), "without https:// and without a port"),
        (("--allowed-host", ""), "is no name of a host"),
        (("--host", "0.0.0.0", "--trusted-proxy", "10.0.0.5"), "Give --allowed-host NAME"),
        (("--tls", "gone.crt", "gone.key"), "gone.crt cannot be read: No such file"),
    ],
)
def test_what_cannot_be_served_is_refused_with_a_remedy(
    empty_home: Path, options: tuple[str, ...], words: str
) -> None:
    assert words in fail("serve", *options)
    assert not empty_home.exists()


@pytest.mark.parametrize("port", ["0", "65536", "http"])
def test_a_port_that_cannot_be_is_wrong_usage(empty_home: Path, port: str) -> None:
    assert "--port" in fail("serve", "--port", port, code=2)


def test_a_taken_port_is_named_with_a_remedy(empty_home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        message = fail("serve", "--port", str(port))
    assert message == f"Port {port} on 127.0.0.1 is taken. Choose another with --port."


@dataclass
class _Served:
    """A server that runs, and what it has said so far."""

    process: subprocess.Popen[str]
    said: str

    def one_time_password(self) -> str:
        found = re.search(r"administrator 'admin', one-time password (\S+)\.", self.said)
        assert found is not None, self.said
        return found[1]


@contextmanager
def _server(port: int, *options: str | Path) -> Iterator[_Served]:
    """Serve the home of the environment; yields as soon as the server has said where."""
    command = [sys.executable, "-m", "ui", "serve", "--port", str(port), *map(str, options)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            said = ""
            for line in process.stderr:  # ends with the process, so that nothing waits for ever
                said += line
                if "Faultbook serves" in line:
                    break
            assert process.poll() is None, said
            yield _Served(process, said)
        finally:
            process.terminate()
            process.communicate(timeout=30)


def _until_up(url: str) -> dict[str, object]:
    """The state of a server that has said where it serves and is about to listen."""
    transport = httpx.HTTPTransport(retries=8)  # each waits twice as long as the one before
    with httpx.Client(transport=transport, timeout=30) as client:
        state: dict[str, object] = client.get(f"{url}/healthz").json()
        return state


def test_a_served_home_answers_and_is_not_served_twice(
    small_plant: Path, tmp_path: Path, tiny_embedder: Path
) -> None:
    home = tmp_path / "home"
    shutil.copytree(small_plant, home)
    with variables(home, tiny_embedder):
        records = Records(open_engine(home / "records.db", record_tables.MIGRATIONS))
        conversation = records.open_conversation(LOCAL)
        left_over = records.start_turn(LOCAL, conversation, "E-217", None)
        port = _free_port()
        with _server(port) as served:
            process = served.process
            assert _until_up(f"http://127.0.0.1:{port}")["status"] == "ok"
            message = fail("serve", "--port", str(_free_port()))
            assert f"Another process (pid {process.pid}) already serves {home}" in message
            assert "serve another folder with --home" in message
            assert _until_up(f"http://127.0.0.1:{port}")["status"] == "ok"
            # A turn that an earlier process left running is closed when the home is served again.
            assert records.turn(LOCAL, left_over).status == "failed"
            os.kill(process.pid, signal.SIGKILL)
            process.wait(timeout=30)
        Home(home).lock_server().release()  # a server that was killed leaves no lock behind
        records.engine.dispose()


@pytest.fixture
def copied(small_plant: Path, tmp_path: Path, tiny_embedder: Path) -> Iterator[Path]:
    """A home that a test may change, as that of the environment."""
    home = tmp_path / "home"
    shutil.copytree(small_plant, home)
    with variables(home, tiny_embedder):
        yield home


_NEW = "another gate valve 34"


def _enter(client: httpx.Client, origin: str, one_time: str, **headers: str) -> httpx.Response:
    """Sign in as the first administrator and choose a password; the answer to the latter."""
    own = {"origin": origin, **headers}
    first = client.post("/sign-in", data={"name": "admin", "password": one_time}, headers=own)
    assert first.status_code == 303, first.text
    form = {"old": one_time, "new": _NEW, "again": _NEW}
    return client.post("/account/password", data=form, headers=own)


def test_the_first_start_makes_an_administrator_and_the_next_does_not(copied: Path) -> None:
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    with _server(port) as served:
        _until_up(url)
        with httpx.Client(base_url=url, timeout=60) as client:
            assert _enter(client, url, served.one_time_password()).headers["location"] == "/"
            assert client.get("/").status_code == 200
            assert "server" not in client.get("/healthz").headers
    with _server(port) as served:
        assert "one-time password" not in served.said


def test_a_certificate_of_the_plant_is_served_and_the_cookie_stays_on_https(
    copied: Path, tmp_path: Path
) -> None:
    authority = Authority(tmp_path)
    signed = authority.sign("localhost", "127.0.0.1", ends=timedelta(days=20))
    trust = ssl.create_default_context(cafile=authority.certificate)
    port = _free_port()
    url = f"https://127.0.0.1:{port}"
    with _server(port, "--tls", signed.certificate, signed.key) as served:
        assert f"at {url}" in served.said
        assert "The certificate ends on" in served.said
        transport = httpx.HTTPTransport(retries=8, verify=trust)
        with httpx.Client(base_url=url, transport=transport, timeout=60) as client:
            health = client.get("/healthz")
            assert health.headers["strict-transport-security"] == "max-age=31536000"
            changed = _enter(client, url, served.one_time_password())
            cookie = changed.headers["set-cookie"]
            assert cookie.startswith("__Host-faultbook=")
            assert cookie.endswith("; HttpOnly; Path=/; SameSite=lax; Secure")
            assert client.get("/").status_code == 200
            by_name = client.get(f"https://localhost:{port}/healthz")
            assert by_name.status_code == 200
            foreign = client.get("/healthz", headers={"host": f"plant.example:{port}"})
            assert foreign.status_code == 400
        with pytest.raises(httpx.ConnectError):  # who does not trust the authority
            httpx.get(f"{url}/healthz", timeout=60)
        with pytest.raises(httpx.HTTPError):  # nothing is answered in the clear
            httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=60)


def test_behind_a_proxy_only_what_came_over_https_is_answered(copied: Path) -> None:
    port = _free_port()
    url, host = f"http://127.0.0.1:{port}", {"host": "faultbook.plant.example"}
    secure = {**host, "x-forwarded-proto": "https", "x-forwarded-for": "10.1.2.3"}
    origin = "https://faultbook.plant.example"
    options = ("--trusted-proxy", "127.0.0.1", "--allowed-host", "Faultbook.plant.example")
    with _server(port, *options) as served:
        _until_up(url)
        with httpx.Client(base_url=url, timeout=60) as client:
            plain = client.get("/sign-in", headers=host)
            assert plain.status_code == 400
            assert "must send 'X-Forwarded-Proto: https'" in plain.text
            own = {**secure, "origin": origin}
            form = {"name": "admin", "password": served.one_time_password()}
            entered = client.post("/sign-in", data=form, headers=own)
            assert entered.status_code == 303, entered.text
            name, _, value = entered.headers["set-cookie"].partition(";")[0].partition("=")
            assert name == "__Host-faultbook"
            own["cookie"] = f"{name}={value}"  # which no client sends over plain HTTP by itself
            form = {"old": form["password"], "new": _NEW, "again": _NEW}
            changed = client.post("/account/password", data=form, headers=own)
            assert changed.status_code == 303, changed.text
            value = changed.headers["set-cookie"].partition(";")[0].partition("=")[2]
            sessions = httpx.get(
                f"{url}/api/v1/me/sessions",
                headers={**secure, "cookie": f"{name}={value}"},
                timeout=60,
            )
            assert [each["address"] for each in sessions.json()["items"]] == ["10.1.2.3"]


def test_a_header_of_who_is_no_proxy_is_not_believed(copied: Path) -> None:
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    with _server(port, "--trusted-proxy", "10.0.0.5"):
        _until_up(url)
        reply = httpx.get(f"{url}/sign-in", headers={"x-forwarded-proto": "https"}, timeout=60)
        assert reply.status_code == 400
