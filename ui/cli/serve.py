"""The command that serves the app."""

from __future__ import annotations

import ipaddress
import signal
import socket
import sys
from typing import Annotated

import typer

from ui.cli.console import DEFAULT, HomeOption, app, err, fail, services

_LAST_WORDS_S = 3  # for answers on their way when the server is stopped


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; loopback only.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 7860,
    home: HomeOption = DEFAULT,
) -> None:
    """Serve the app in the browser. The language model loads while it serves already."""
    if not is_loopback(host):
        fail(
            f"Faultbook does not listen on {host}: until there are accounts, everyone who reaches "
            "it could read and change everything. Use --host 127.0.0.1."
        )
    if not _is_free(host, port):
        fail(f"Port {port} on {host} is taken. Choose another with --port.")
    opened = services(home)
    lock = opened.home.lock_server()
    try:
        import uvicorn  # with the app it takes seconds to import, which no other command needs

        from ui.web import build_web

        # The default would end this process at once, and leave its own processes behind.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
        opened.records.close_interrupted()
        opened.prepare()
        if opened.intake.items("queued", "running"):
            opened.ingestion.ensure_running()
        _ = opened.model_slot  # starts loading while the rest is prepared
        _ = opened.retriever
        name = f"[{host}]" if ":" in host else host
        web = build_web(opened, name)
        line = f"Faultbook serves {opened.home.path} at http://{name}:{port}"
        err.print(line, markup=False, highlight=False, soft_wrap=True)
        uvicorn.run(
            web,
            host=host,
            port=port,
            log_level="warning",
            timeout_graceful_shutdown=_LAST_WORDS_S,  # an open page would hold the server for ever
        )
    finally:
        opened.ingestion.stop()
        lock.release()


def is_loopback(host: str) -> bool:
    """Tell whether an address can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
