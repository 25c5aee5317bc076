"""Ask thousands of random questions as every user and search all answers for what is hidden.

Run it with ``python -m tests.soak.canaries --questions 10000 --seed 1``; exit code 1 and a line for
each leak. It prints how many questions were asked of whom.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path


def main() -> None:
    """Ask, and say what leaked."""
    from tests.canary_plant import PRINCIPALS, CanaryPlant

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=1_000, help="of each user")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=1e6, help="end after so many in all")
    given = parser.parse_args()
    end = time.monotonic() + 60 * given.minutes
    leaks = 0
    with tempfile.TemporaryDirectory() as folder:
        plant = CanaryPlant(Path(folder), given.seed)
        for place, principal in enumerate(PRINCIPALS):
            share = (end - time.monotonic()) / (len(PRINCIPALS) - place)
            until = time.monotonic() + share
            chance = random.Random(given.seed)
            asked = shown = 0
            questions = plant.questions(given.seed * 1000 + place)
            for question in islice(questions, given.questions):
                if time.monotonic() > until:
                    break
                found = plant.ask(principal, question, chance)
                if asked % 500 == 0:
                    found += plant.lists(principal)
                asked += 1
                shown += len(found)
                if words := plant.leaks(principal, found, question):
                    leaks += 1
                    print(f"LEAK {principal.user}: {question!r}: {words}", flush=True)
            hidden = len(plant.hidden_from(principal))
            print(
                f"{principal.user}: {asked} questions, {shown} results searched for {hidden} words",
                flush=True,
            )
        plant.close()
    print(f"{leaks} leaks")
    sys.exit(bool(leaks))


if __name__ == "__main__":
    # Inside: the process that reads a file imports this module again, and needs none of it.
    main()
