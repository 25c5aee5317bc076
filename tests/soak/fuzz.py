"""Read damaged files, and check that each is read or refused in words that name it.

Run it with ``python -m tests.soak.fuzz --inputs 20000 --whole 2000 --seed 1 [--format pdf]``.
"""

if __name__ == "__main__":
    # Inside: the process that reads a file imports this module again, and needs none of it.
    from tests.soak.fuzzing import main

    main()
