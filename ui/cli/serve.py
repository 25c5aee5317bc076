"""The command that serves the app."""

from __future__ import annotations

import ipaddress
import re
import signal
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from index.access import LOCAL
from ui.certificates import Certificate, check, written
from ui.cli.console import DEFAULT, HomeOption, app, err, fail, services

_LAST_WORDS_S = 3  # for answers on their way when the server is stopped
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")


@app.command()
def serve(
    host: Annotated[
        str,
        typer.Option(
            help="Address to listen on. One that others reach needs --tls or --trusted-proxy."
        ),
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 7860,
    tls: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            metavar="CERT KEY", help="Certificate and key in PEM; the app is served over HTTPS."
        ),
    ] = None,
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ADDRESS",
            help="Address or network of a proxy that speaks HTTPS with the browsers and says so in "
            "X-Forwarded-Proto and X-Forwarded-For. May be repeated.",
        ),
    ] = None,
    allowed_host: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help="Name or address under which browsers ask for the app, beside those of the "
            "certificate. May be repeated.",
        ),
    ] = None,
    home: HomeOption = DEFAULT,
) -> None:
    """Serve the app in the browser. The language model loads while it serves already."""
    proxies = [_proxy(each) for each in trusted_proxy or ()]
    names = [_own_name(each) for each in allowed_host or ()]
    if not is_loopback(host) and not tls and not proxies:
        fail(
            f"Faultbook does not listen on {host} without HTTPS: passwords and answers could be "
            "read on the way. Give --tls CERT KEY, or --trusted-proxy ADDRESS if a proxy in front "
            "of it speaks HTTPS, or use --host 127.0.0.1."
        )
    certificate = check(*tls) if tls else None
    if certificate is not None:
        names += certificate.names
        _warn_of_end(certificate)
    if not is_loopback(host) and _is_every(host) and not names:
        fail(
            f"Nobody could ask for Faultbook on {host}: no name of this machine is known. Give "
            "--allowed-host NAME, as browsers write it."
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
        if opened.intake.items(LOCAL, "queued", "running"):
            opened.ingestion.ensure_running()
        _ = opened.model_slot  # starts loading while the rest is prepared
        _ = opened.retriever
        name = written(host)
        web = build_web(opened, name, names=names, is_public=bool(tls or proxies))
        if (one_time := opened.accounts.ensure_administrator()) is not None:
            _say(
                f"There was no account yet: administrator 'admin', one-time password {one_time}. "
                "Sign in and choose another."
            )
        shown = names[0] if names and _is_every(host) else name
        kind = "https" if tls else "http"
        _say(f"Faultbook serves {opened.home.path} at {kind}://{shown}:{port}")
        secure: dict[str, Any] = {"ssl_certfile": tls[0], "ssl_keyfile": tls[1]} if tls else {}
        opened.scheduler.start()
        try:
            uvicorn.run(
                web,
                host=host,
                port=port,
                log_level="warning",
                server_header=False,
                proxy_headers=bool(proxies),
                forwarded_allow_ips=proxies,
                # An open page would hold the server for ever.
                timeout_graceful_shutdown=_LAST_WORDS_S,
                **secure,
            )
        finally:
            opened.scheduler.stop()
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


def _is_every(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


def _proxy(text: str) -> str:
    """The address or network of a proxy; a network of everybody would let all lie about theirs."""
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        fail(f"--trusted-proxy {text} is no address. Give one such as 127.0.0.1 or 10.1.2.0/28.")
    if network.prefixlen < (8 if network.version == 4 else 32):
        fail(f"--trusted-proxy {text} would trust too many. Give the address of the proxy alone.")
    return text


def _own_name(text: str) -> str:
    name = written(text)
    if not _NAME.fullmatch(name):
        fail(
            f"--allowed-host {text} is no name of a host. Give it as in an address, without "
            "https:// and without a port, such as faultbook.plant.example."
        )
    return name.lower()


def _warn_of_end(certificate: Certificate) -> None:
    if certificate.ends_soon(datetime.now(UTC)):
        _say(f"The certificate ends on {certificate.ends_at:%Y-%m-%d}. Renew it before.")
    if not certificate.names:
        _say("The certificate names no host as subjectAltName; browsers will not accept it.")


def _say(line: str) -> None:
    err.print(line, markup=False, highlight=False, soft_wrap=True)


def _is_free(host: str, port: int) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
