"""keyguard keeps AWS access keys out of code: a pre-commit hook, a scanner and this library.

>>> import keyguard
>>> text = "aws_access_key_id = " + "AKIA QYLPMN5 HFIQR7XYA".replace(" ", "")
>>> [(finding.rule, finding.line, finding.column) for finding in keyguard.scan_text(text, path="config.py")]
[('aws-access-key-id', 1, 21)]
"""

from __future__ import annotations

__version__ = "0.1.0"

TYPE_CHECKING = False  # `typing` itself is not needed to print a version
if TYPE_CHECKING:
    from keyguard.config import Config as Config
    from keyguard.errors import KeyguardError as KeyguardError
    from keyguard.library import Scanner as Scanner
    from keyguard.library import scan_bytes as scan_bytes
    from keyguard.library import scan_history as scan_history
    from keyguard.library import scan_path as scan_path
    from keyguard.library import scan_staged as scan_staged
    from keyguard.library import scan_text as scan_text
    from keyguard.model import Finding as Finding
    from keyguard.model import Report as Report
    from keyguard.model import Secret as Secret
    from keyguard.redaction import RedactingFilter as RedactingFilter
    from keyguard.redaction import redact as redact

__all__ = [
    "Config",
    "Finding",
    "KeyguardError",
    "RedactingFilter",
    "Report",
    "Scanner",
    "Secret",
    "__version__",
    "redact",
    "scan_bytes",
    "scan_history",
    "scan_path",
    "scan_staged",
    "scan_text",
]


def __getattr__(name: str) -> object:
    """Load a public name when it is first used (PEP 562), so that the command line starts fast."""
    from importlib import import_module  # noqa: PLC0415 - see above

    homes = {
        "config": ("Config",),
        "errors": ("KeyguardError",),
        "model": ("Finding", "Report", "Secret"),
        "redaction": ("RedactingFilter", "redact"),
    }
    if name not in __all__:
        raise AttributeError(f"module 'keyguard' has no attribute {name!r}")
    home = next((home for home, names in homes.items() if name in names), "library")
    value: object = getattr(import_module(f"keyguard.{home}"), name)
    globals()[name] = value  # so that it is looked for once
    return value
