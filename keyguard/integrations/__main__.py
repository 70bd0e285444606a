"""Runs detect-secrets with keyguard's plugin, because its audit does not load the plugins of a baseline.

``python -m keyguard.integrations audit .secrets.baseline``; see Yelp/detect-secrets#611.
"""

from __future__ import annotations

from detect_secrets.core.plugins import initialize
from detect_secrets.main import main

from keyguard.integrations import detect_secrets as plugin

if __name__ == "__main__":
    initialize.from_file(plugin.__file__)
    raise SystemExit(main())
