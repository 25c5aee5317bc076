"""Kill processes that ingest, and check after each restart that nothing is lost.

Run it with ``python -m tests.soak.kills --rounds 300 --seed 1``; exit code 1 names the round.
"""

if __name__ == "__main__":
    # Inside: the process that reads a file imports this module again, and needs none of it.
    from tests.soak.killing import main

    main()
