"""``faultbook``, and ``python -m ui``, which is the same.

A child that reads a file imports the main module of its parent once more: it must be light.
"""


def main() -> None:
    """Run the command line."""
    from ui.cli import main as run

    run()


if __name__ == "__main__":
    main()
