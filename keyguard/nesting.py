"""Takes what stands inside a token for a part of it, so that one credential is one finding.

A presigned URL holds an access key ID and perhaps a session token, and so do, once decoded, the tokens that
are made of such a URL.  None of them is a finding of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keyguard.model import Match


def outermost(matches: Sequence[Match]) -> list[Match]:
    """``matches`` without those that lie within a token, in the same order.

    Of several tokens in one place the first is kept.
    """
    order = sorted(range(len(matches)), key=lambda n: _order(matches[n]))
    kept = set()
    end = -1
    for n in order:
        if matches[n].end > end:
            kept.add(n)
            end = matches[n].end if matches[n].kind == "token" else end
    return [match for n, match in enumerate(matches) if n in kept]


def _order(match: Match) -> tuple[int, int, bool]:
    """The order in which what holds something comes before it."""
    return match.start, -match.end, match.kind != "token"
