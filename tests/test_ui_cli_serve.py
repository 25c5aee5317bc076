"""Serving the app: what is refused, and a server of its own that is asked and ended."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from assistant import record_tables
from assistant.records import Records
from index.access import LOCAL
from index.database import open_engine
from index.home import Home
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
    assert f"Faultbook does not listen on {host}: until there are accounts" in message
    assert "Use --host 127.0.0.1" in message
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


@contextmanager
def _server(port: int) -> Iterator[subprocess.Popen[str]]:
    """Serve the home of the environment; yields as soon as the server has said where."""
    command = [sys.executable, "-m", "ui", "serve", "--port", str(port)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            said = ""
            for line in process.stderr:  # ends with the process, so that nothing waits for ever
                said += line
                if "Faultbook serves" in line:
                    break
            assert process.poll() is None, said
            yield process
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
        with _server(port) as process:
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
