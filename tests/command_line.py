"""Commands run in this process, and the files of a small plant that they work on."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ui.cli import main

PUMP = """\
# PX-7 Coolant Pump Manual

Document no. PX7-MM

Revision B

Models: PX-7

## Alarms

| Code | Meaning | Cause | Remedy |
|---|---|---|---|
| E-217 | Coolant temperature high | Cooler blocked by dust | Clean the cooler fins |
| E-217 | Coolant temperature high | Fan does not turn | Replace the fan motor |
| E-217 | Coolant temperature high | Coolant level low | Fill coolant up to the mark |
| E-301 | Motor overload | Impeller blocked | Free the impeller |

## Replace the shaft seal

WARNING: Hot coolant. Let the pump cool down to 40 °C before you open it.

1. Close both valves.
2. Remove the four housing bolts.
3. Pull the old seal and press in seal PX7-100.

The housing bolts are tightened to 25 N·m.
"""
ASSETS = """\
tag,name,model,serial,class,location
CP-01,Coolant pump 1,PX-7,7001,pump,Hall 1
CP-02,Coolant pump 2,PX-7,7002,pump,Hall 2
"""
TICKETS = """\
ticket_id,asset,title,cause,action,downtime_min
T-1,CP-01,coolant temperature high E-217,fan stood still,fan motor replaced,45
T-2,CP-02,seal drips,seal worn,seal PX7-100 fitted,90
T-3,XX-99,pump hums,impeller blocked,impeller freed,30
"""


@dataclass(frozen=True)
class Done:
    """A command that has ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)


def run(*arguments: str | Path) -> Done:
    """Run ``faultbook`` with these arguments the way its console script does.

    An exception that the command line lets through fails the test: a user would see a traceback.
    """
    before = sys.argv
    out, err = io.StringIO(), io.StringIO()
    sys.argv = ["faultbook", *map(str, arguments)]
    code: int | str | None = 0
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main()
    except SystemExit as end:
        code = end.code
    finally:
        sys.argv = before
    assert isinstance(code, int), code
    assert "Traceback" not in out.getvalue() + err.getvalue()
    return Done(code, out.getvalue(), err.getvalue())


def succeed(*arguments: str | Path) -> Done:
    """Run a command that must do what is asked."""
    done = run(*arguments)
    assert done.code == 0, done
    return done


def fail(*arguments: str | Path, code: int = 1) -> str:
    """Run a command that must fail; return what it prints to standard error, as one line."""
    done = run(*arguments)
    assert done.code == code, done
    return " ".join(done.err.split())


@contextlib.contextmanager
def variables(home: Path, embedder: Path) -> Iterator[dict[str, str]]:
    """Set what a command reads from the environment; nothing of the user's own is left in it."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("FAULTBOOK_") or k[10:] == "CI"}
    ours = {
        "FAULTBOOK_HOME": str(home),
        "FAULTBOOK_EMBEDDER": str(embedder),
        "FAULTBOOK_MODELS": str(home.parent / "no-models"),
        "COLUMNS": "80",
        "NO_COLOR": "1",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - kept.keys():
            patch.delenv(name)
        for name, value in ours.items():
            patch.setenv(name, value)
        yield ours
