"""The options that commands share, so that one name means one thing everywhere."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, Final, cast

from keyguard import settings
from keyguard.config import Config
from keyguard.errors import UsageError
from keyguard.model import CONFIDENCES, FORMATS, SEVERITIES
from keyguard.owned import credentials

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from typing import TypeAlias

    from keyguard.cli.parser import Parser

    Definable: TypeAlias = "argparse.ArgumentParser | Defaults"

EXTENSIONS: Final = {".json": "json", ".jsonl": "jsonl", ".sarif": "sarif"}
MOST_JOBS: Final = 1000
_DIGITS: Final = 15
"""More than any size or time needs, and few enough to calculate with."""

_UNITS: Final = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600}


def parser(command: str, description: str) -> Parser:
    """A parser for ``keyguard COMMAND``, with no options yet; it raises :class:`UsageError`."""
    from keyguard.cli.parser import Parser  # noqa: PLC0415 - 7 ms that a hook without options does not need

    return Parser.of(command, description)


class Defaults:
    """Stands in for a parser when no option is given: what is defined on it becomes an attribute."""

    def add_argument_group(self, _title: str) -> Defaults:
        """Itself: groups are for help texts."""
        return self

    def add_argument(self, *names: str, action: str = "store", default: object = None, **_: object) -> None:
        """An attribute with the default that argparse gives it."""
        name = next((one for one in names if one.startswith("--")), names[0])
        setattr(self, name.lstrip("-").replace("-", "_"), False if action == "store_true" else default)


def defaults(define: Callable[[Definable], None], **given: object) -> argparse.Namespace:
    """What a parser that ``define`` makes would give for no options, and the arguments that are ``given``."""
    found = Defaults()
    define(found)
    vars(found).update(given)
    return cast("argparse.Namespace", found)


def add_report(to: Definable) -> None:
    """Options on what is reported, and how."""
    group = to.add_argument_group("report")
    group.add_argument("-f", "--format", choices=FORMATS, help="default: text, or what -o's extension says")
    group.add_argument("-o", "--output", metavar="FILE", help="write the report there ('-': standard output)")
    group.add_argument(
        "--fail-on", choices=SEVERITIES, default="medium", help="exit with 1 from this severity on (medium)"
    )
    group.add_argument(
        "--min-confidence", choices=CONFIDENCES, default="low", help="leave out what is less sure (low)"
    )
    group.add_argument(
        "--show-secrets", action="store_true", help="do not mask secrets (json and jsonl only)"
    )
    group.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="default: auto")
    group.add_argument("-q", "--quiet", action="store_true", help="no summary on standard error")
    group.add_argument("-v", "--verbose", action="store_true", help="say also what was accepted and read")
    group.add_argument("--exit-zero", action="store_true", help="exit with 0 although something was found")


def add_scan(to: Definable) -> None:
    """Options on what is scanned."""
    group = to.add_argument_group("scan")
    group.add_argument(
        "--exclude", action="append", default=[], metavar="GLOB", help="leave out paths, as in .gitignore"
    )
    group.add_argument(
        "--rules", action="append", default=[], metavar="FILE", help="more rules: keyguard's, or gitleaks'"
    )
    group.add_argument(
        "--exclude-rule", action="append", default=[], metavar="ID", help="accept what this rule finds"
    )
    group.add_argument(
        "-b", "--baseline", metavar="FILE", help="leave out what this file says is known and accepted"
    )
    group.add_argument(
        "--no-own-credentials", action="store_true", help="do not look for what is in ~/.aws and the like"
    )
    group.add_argument(
        "--max-file-size", type=size, metavar="SIZE", help="skip what is larger, e.g. 50M (no limit)"
    )
    group.add_argument(
        "--timeout", type=duration, metavar="TIME", help="stop after, e.g. 30s or 5m (no limit)"
    )
    add_configuration(to)


def add_configuration(to: Definable) -> None:
    """Options on what is read of configuration files."""
    group = to.add_argument_group("configuration")
    group.add_argument("-c", "--config", metavar="FILE", help="read this file, and look for no other")
    group.add_argument("--config-from", metavar="REF", help="read it from this commit, e.g. origin/main")
    group.add_argument("--no-config", action="store_true", help="read none")


def add_verify(to: argparse.ArgumentParser, *, implied: bool = False) -> None:
    """Options on what AWS is asked about the keys; ``implied`` when the command itself asks."""
    group = to.add_argument_group("verification")
    group.add_argument(
        "--verify", action="store_true", default=implied, help="ask AWS whether the keys that are found work"
    )
    group.add_argument("--verify-ids", action="store_true", help="also about IDs whose secret is not there")
    group.add_argument(
        "--verify-canaries", action="store_true", help="also about keys that alert somebody when used"
    )
    group.add_argument("--deep", action="store_true", help="ask what live keys may do, in read-only calls")
    group.add_argument("--dry-run", action="store_true", help="only say what would be asked")
    group.add_argument(
        "--region", action="append", type=_region, metavar="REGION", help="where to ask (us-east-1)"
    )
    group.add_argument("--sts-endpoint", type=_endpoint, metavar="URL", help="ask there instead of AWS's STS")
    group.add_argument("--iam-endpoint", type=_endpoint, metavar="URL", help="the same for --deep and IAM")


_VERIFYING: Final = (
    "verify_ids",
    "verify_canaries",
    "deep",
    "dry_run",
    "region",
    "sts_endpoint",
    "iam_endpoint",
)


def format_of(options: argparse.Namespace) -> str:
    """The format asked for, or the one that the output file's extension says."""
    extension = os.path.splitext(options.output or "")[1].lower()
    return str(options.format or EXTENSIONS.get(extension, "text"))


def config(
    options: argparse.Namespace, start: str | None = ".", *, here: bool = False, apart: bool = False
) -> Config:
    """What the options say about the scan, the environment, and the configuration of what is in ``start``.

    What is told elsewhere than on the command line is put into ``options``.  Paths in reports begin at the
    top of the repository of ``start``, or with ``here`` at the current directory.  ``start`` is None where no
    configuration is looked for.  With ``apart`` the baseline is not for the scan, and need not be there.

    Raises :class:`UsageError` for what would keep its report from being delivered: better now than later.
    """
    found = _configured(options, start, here=here)
    if options.show_secrets and (name := format_of(options)) not in ("json", "jsonl"):
        raise UsageError(f"--show-secrets does not go with {name}", "add '--format jsonl' or '--format json'")
    idle = [name for name in _VERIFYING if getattr(options, name, None)]
    if idle and not getattr(options, "verify", True):
        raise UsageError(f"--{idle[0].replace('_', '-')} does nothing without --verify", "add --verify")
    if not os.path.isdir(os.path.dirname(options.output or "") or "."):
        raise UsageError(f"cannot write {options.output}: its directory does not exist", "make it first")
    baseline = None if apart else getattr(options, "baseline", None)
    if baseline is not None and not os.path.exists(baseline):
        origin = getattr(options, "origins", {}).get("baseline", "--baseline")
        named = "" if origin.startswith("-") else f", which {origin} names"
        raise UsageError(
            f"there is no baseline {baseline}{named}",
            "make one with 'keyguard baseline create', or of a report with 'import'",
        )
    timeout = getattr(options, "timeout", None)
    return Config(
        min_confidence=options.min_confidence,
        exclude=tuple(getattr(options, "exclude", ())),
        gitignore=not getattr(options, "no_gitignore", False),
        max_file_size=getattr(options, "max_file_size", None),
        deadline=None if timeout is None else time.monotonic() + timeout,
        today=time.strftime("%Y-%m-%d"),
        baseline=baseline,
        own=() if getattr(options, "no_own_credentials", True) else credentials(os.environ),
        **found,
    )


def _configured(options: argparse.Namespace, start: str | None, *, here: bool) -> dict[str, Any]:
    """The fields of Config that only configuration fills; nothing is loaded when there is none."""
    if not hasattr(options, "rules"):  # the command scans nothing
        return {}
    asked = options.config or options.config_from or options.rules or options.exclude_rule
    told = any(name.startswith(settings.VARIABLES) for name in os.environ)
    if not (asked or told) and (options.no_config or start is None or not settings.any_file(start)):
        return {}
    from keyguard.cli import configured  # noqa: PLC0415 - only where there is a configuration

    read = {"max-file-size": size, "timeout": duration, "jobs": jobs}
    return configured.apply(options, start, read, here=here)


def excluded(options: argparse.Namespace) -> Callable[[str], bool] | None:
    """Whether a path is left out, on the command line or by configuration; None when nothing is."""
    from keyguard.sources import tree  # noqa: PLC0415 - hooks choose when to load it

    own, configured = tree.excluded(options.exclude), getattr(options, "left_out", None)
    if own is None or configured is None:
        return own or configured
    return lambda path: own(path) or configured(path)


def size(text: str) -> int:
    """Bytes, from a number with an optional K, M or G."""
    return _quantity(text, _UNITS, "a size such as 800K, 50M or 1G")


def duration(text: str) -> int:
    """Seconds, from a number with an optional s, m or h."""
    return _quantity(text, _SECONDS, "a time such as 30s, 5m or 1h")


def days(text: str) -> int:
    """A number of days."""
    return _quantity(text, {}, "a number of days")


def _region(text: str) -> str:
    """A region of AWS's."""
    from keyguard.verify import partitions  # noqa: PLC0415 - only for --region

    partitions.partition(text)
    return text


def _endpoint(text: str) -> str:
    """The address of a service."""
    from keyguard.verify import partitions  # noqa: PLC0415 - only for --sts-endpoint and --iam-endpoint

    return partitions.checked(text)


def date(text: str) -> str:
    """A date as git takes it; git itself takes whatever it does not understand for today."""
    import re  # noqa: PLC0415 - argparse has it loaded

    absolute = r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(Z|[ ]?[+-]\d\d:?\d\d)?)?"
    relative = r"\d{1,4}[. ](second|minute|hour|day|week|month|year)s?[. ]ago|yesterday"
    if not re.fullmatch(f"{absolute}|{relative}", text):
        raise _wrong(f"{text!r} is no date such as 2026-11-24, '2 weeks ago' or yesterday")
    return text


def jobs(text: str) -> int:
    """A number of processes; 0 is one for each processor that this process may use."""
    what = f"a number of processes up to {MOST_JOBS}, 0 for as many as there are processors"
    number = _quantity(text, {}, what)
    if number > MOST_JOBS:
        raise _wrong(f"{text!r} is not {what}")
    return number or (
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    )


def _quantity(text: str, units: dict[str, int], what: str) -> int:
    factor = units.get(text[-1:].lower())
    digits = text if factor is None else text[:-1]
    if not digits.isascii() or not digits.isdigit() or len(digits) > _DIGITS:
        raise _wrong(f"{text!r} is not {what}")
    return int(digits) * (factor or 1)


def _wrong(message: str) -> Exception:
    from argparse import ArgumentTypeError  # noqa: PLC0415 - loaded already, when there is an option

    return ArgumentTypeError(message)
