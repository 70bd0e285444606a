"""Lets ``python -m keyguard`` do what ``keyguard`` does."""

import sys

from keyguard.cli import main

if __name__ == "__main__":
    sys.exit(main())
