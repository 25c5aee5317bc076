"""Alter correct answers one thing at a time, and report what the verifier catches, by kind.

Run it with ``python -m tests.soak.mutations --answers 1000 --seed 1``.
"""

if __name__ == "__main__":
    # Inside: the process that reads a file imports this module again, and needs none of it.
    from tests.soak.mutating import main

    main()
