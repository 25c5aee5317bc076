"""``python -m ui`` is the same as ``faultbook``."""

from ui.cli import main

if __name__ == "__main__":
    main()
