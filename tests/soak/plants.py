"""Plant instructions in manuals and tickets, ask about their machines, and count what came of it.

Run it with ``python -m tests.soak.plants --count 300 --seed 1``. The language model obeys every
instruction as far as its schema lets it; ``--model 40`` also asks the default model of the home in
``FAULTBOOK_HOME`` about the first 40. Exit code 1 where a safety value was changed, a warning
dropped, an action taken or a link shown.
"""

if __name__ == "__main__":
    # Inside: the process that reads a file imports this module again, and needs none of it.
    import sys

    from tests.soak.planting import main

    sys.exit(main())
