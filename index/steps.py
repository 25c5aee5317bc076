"""Named steps at which a test can kill the process; in normal life they do nothing.

The environment variable FAULTBOOK_KILL_AT names a step and which passing of it is the last one:
``stored:2`` ends the process as the power would, when it comes to "stored" for the second time.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

STEPS = (
    "original kept",
    "intake row written",
    "claimed",
    "read",
    "vectors kept",
    "before knowledge commit",
    "stored",
    "before finish",
    "after finish",
    "decision written",
    "decision carried out",
    "correction written",
    "deletion marked",
    "before knowledge gone",
    "knowledge gone",
    "originals unlinked",
    "intake forgotten",
    "before lexical commit",
    "lexical commit",
    "generation rows written",
    "generation lists written",
    "before generation manifest",
    "generation written",
    "before generation rename",
    "generation renamed",
    "generation published",
    "generations dropped",
    "alias written",
    "alias carried out",
    "exclusion written",
    "exclusion carried out",
    "tickets stored",
    "tickets linked",
    "facts made",
    "before rebuild swap",
    "rebuild log gone",
    "rebuild swapped",
)

_passed: Counter[str] = Counter()


def step(name: str) -> None:
    """Pass a step."""
    wanted = os.environ.get("FAULTBOOK_KILL_AT")
    if wanted is None:
        return
    last, _, number = wanted.partition(":")
    _passed[name] += 1
    if name == last and _passed[name] == int(number or 1):
        os.kill(os.getpid(), signal.SIGKILL)
