"""Run ingestions and deletions at the same time and check that nothing is lost or twice.

Run it with ``python -m tests.soak.races --rounds 100 --seed 1``; exit code 1 names the round.
"""

if __name__ == "__main__":
    # Inside: the process that reads a file imports this module again, and needs none of it.
    from tests.soak.racing import main

    main()
