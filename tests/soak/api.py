"""Send schemathesis' requests to every operation of the HTTP API, and check each answer.

Run it with ``python -m tests.soak.api --examples 500 [--seed 1] [--operation search]``.
"""

if __name__ == "__main__":
    # Inside: the process that reads a file imports this module again, and needs none of it.
    from tests.soak.describing import main

    main()
