"""Which comments accept a finding, and which do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import keys
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keyguard import suppress
from keyguard.model import Chunk
from keyguard.suppress import Suppression

if TYPE_CHECKING:
    from keyguard.model import Kind

PAIR, ID, SECRET = (f"aws-{name}" for name in ("access-key-pair", "access-key-id", "secret-access-key"))
TODAY = "2026-06-15"
KEY = keys.key_id()


def inline(text: str, rule: str = ID, today: str = TODAY, value: str = KEY) -> Suppression | None:
    """What accepts ``value``, which stands in ``text`` for ``{}``."""
    before, _, after = (side.encode() for side in text.partition("{}"))
    data = before + value.encode() + after
    return suppress.inline(Chunk(data), len(before), len(before) + len(value), rule, today)


ACCEPTED = [
    pytest.param("key = '{}'  # keyguard: ignore", id="python"),
    pytest.param("key = '{}'; // keyguard: ignore", id="c"),
    pytest.param("/* keyguard: ignore */ key = '{}';", id="before the key"),
    pytest.param("key = '{}' /*keyguard: ignore*/", id="no spaces in the comment"),
    pytest.param("select '{}' --keyguard: ignore", id="sql without a space"),
    pytest.param("<a>{}</a> <!-- keyguard: ignore-->", id="html, arrow at once"),
    pytest.param("key={} ; keyguard: ignore", id="ini"),
    pytest.param('{"key": "{}", "note": "keyguard: ignore"}', id="json"),
    pytest.param("{} # keyguard:ignore", id="no space after the colon"),
    pytest.param("{} # KEYGUARD: IGNORE", id="upper case"),
    pytest.param("{} # keyguard: ignore\r\nnext", id="crlf"),
    pytest.param("{} # keyguard: ignore.", id="end of a sentence"),
    pytest.param("# keyguard: ignore-next-line\n{}", id="line above"),
    pytest.param("// keyguard:ignore-next-line\r\n{}", id="line above, crlf"),
    pytest.param("x\n\n# Keyguard: Ignore-Next-Line -- why\nkey = {}\n", id="line above, inside a file"),
    pytest.param("# keyguard: ignore-next-line[aws-access-key-id]\n{}", id="line above, with a rule"),
    pytest.param(
        "key = a \\\n # keyguard: ignore-next-line[x] keyguard: ignore-next-line\n{}", id="second one"
    ),
]

NOT_ACCEPTED = [
    pytest.param("key = '{}'", id="nothing"),
    pytest.param("key = '{}'  # ignore", id="without the name"),
    pytest.param("{} # keyguard ignore", id="without the colon"),
    pytest.param("{} # keyguard: ignored", id="longer word"),
    pytest.param("{} # keyguard: ignore_it", id="underscore goes on"),
    pytest.param("{} # keyguard: ignore-all", id="unknown form"),
    pytest.param("{} # keyguard: ignore-next-lines", id="unknown longer form"),
    pytest.param("{} # notkeyguard: ignore", id="another word"),
    pytest.param("# keyguard: ignore\n{}", id="line above, but for its own line"),
    pytest.param("{}\n# keyguard: ignore", id="line below"),
    pytest.param("{} # keyguard: ignore-next-line", id="next line, but on the line itself"),
    pytest.param("# keyguard: ignore-next-line\n\n{}", id="a line between"),
    pytest.param("{}\n# keyguard: ignore-next-line", id="next line, below"),
    pytest.param("{} # keyguard: ignore-file", id="for the file, but not at its head"),
    pytest.param("# keyguard:\n{} ignore", id="over two lines"),
    pytest.param("# keyguard: {}ignore", id="around the key"),
    pytest.param("# keyguard: ig{}nore", id="torn by the key"),
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_a_marker_accepts(text: str) -> None:
    found = inline(text)
    assert found is not None
    assert found.by in {"keyguard: ignore", "keyguard: ignore-next-line"}


@pytest.mark.parametrize("text", NOT_ACCEPTED)
def test_something_like_a_marker_does_not(text: str) -> None:
    assert inline(text) is None


@pytest.mark.parametrize(
    ("brackets", "rule", "accepted"),
    [
        pytest.param("[aws-access-key-id]", ID, True, id="the rule"),
        pytest.param("[AWS-Access-Key-ID]", ID, True, id="in any case"),
        pytest.param(" [ aws-access-key-id ]", ID, True, id="with spaces"),
        pytest.param("[aws-session-token,aws-access-key-id]", ID, True, id="one of two"),
        pytest.param("[aws-acess-key-id, aws-access-key-id]", ID, True, id="beside a misspelt one"),
        pytest.param("[aws-access-key-pair]", ID, True, id="the pair covers its ID"),
        pytest.param("[aws-access-key-pair]", SECRET, True, id="the pair covers its secret"),
        pytest.param(
            "[aws-access-key-pair]", "aws-legacy-access-key-id", True, id="and an ID of the old form"
        ),
        pytest.param("[aws-access-key-pair]", "aws-session-token", False, id="but no token"),
        pytest.param("[aws-access-key-id]", SECRET, False, id="an ID is no secret"),
        pytest.param("[aws-secret-access-key]", ID, False, id="a secret is no ID"),
        pytest.param("[aws-secret-access-key]", SECRET, True, id="the secret"),
        pytest.param("[aws-acess-key-id]", ID, False, id="misspelt"),
        pytest.param("[*]", ID, False, id="no wildcard"),
        pytest.param("[aws-access-key-id", ID, False, id="not closed"),
        pytest.param("[]", ID, False, id="empty"),
        pytest.param(" [see the wiki]", ID, False, id="not a rule"),
        pytest.param(" until=2026-12-31 [aws-session-token]", ID, False, id="behind a date, another rule"),
        pytest.param(" until=2026-12-31[aws-access-key-id]", ID, True, id="behind a date, the rule"),
    ],
)
def test_a_marker_with_rules_is_for_these(brackets: str, rule: str, *, accepted: bool) -> None:
    assert (inline("{} # keyguard: ignore" + brackets, rule) is not None) is accepted
    assert (inline(f"# keyguard: ignore-next-line{brackets}\n{{}}", rule) is not None) is accepted


def test_two_markers_on_a_line_are_for_two_rules() -> None:
    text = "{} # keyguard: ignore[aws-access-key-id] -- one keyguard: ignore[aws-secret-access-key] -- two"
    assert inline(text, ID) == Suppression("keyguard: ignore", "one", (ID,))
    assert inline(text, SECRET) == Suppression("keyguard: ignore", "two", (SECRET,))


@pytest.mark.parametrize(
    ("tail", "until"),
    [
        pytest.param(" until=2026-12-31", "2026-12-31", id="later"),
        pytest.param(" until=2026-06-15", "2026-06-15", id="today still holds"),
        pytest.param(" UNTIL=2026-12-31 */", "2026-12-31", id="comment that ends"),
        pytest.param(" until=2026-12-31*/", "2026-12-31", id="comment that ends at once"),
        pytest.param(' until=2026-12-31"', "2026-12-31", id="in a string"),
        pytest.param(", until=2026-12-31", "2026-12-31", id="behind a comma"),
        pytest.param("[aws-access-key-id] until=2026-12-31", "2026-12-31", id="behind rules"),
        pytest.param(" -- moved away until=2026-12-31", "2026-12-31", id="at the end of the reason"),
        pytest.param(" -- until we rotate", None, id="the word in a reason"),
        pytest.param(" */ call(until=1999-01-01)", None, id="code behind the comment"),
    ],
)
def test_a_date_that_holds(tail: str, until: str | None) -> None:
    found = inline("{} /* keyguard: ignore" + tail)
    assert found is not None
    assert found.until == until


@pytest.mark.parametrize(
    "tail",
    [
        pytest.param(" until=2026-06-14", id="past"),
        pytest.param(" until=2026-02-30", id="no such day"),
        pytest.param(" until=2026-13-01", id="no such month"),
        pytest.param(" until=tomorrow", id="no date"),
        pytest.param(" until=", id="nothing"),
        pytest.param(" until=2026-12-31T00:00", id="time"),
        pytest.param(" until=2026-12-311", id="too long"),
        pytest.param(" until=20261231", id="without dashes"),
        pytest.param(" until=26-12-31", id="two digits"),
        pytest.param(" until 2026-12-31", id="without the sign"),
        pytest.param(" until: 2026-12-31", id="with another sign"),
        pytest.param(" -- reason until=2026-06-14", id="past, in the reason"),
        pytest.param(", until=never", id="malformed, behind a comma"),
    ],
)
def test_a_date_that_does_not_hold(tail: str) -> None:
    assert inline("{} # keyguard: ignore" + tail) is None
    assert inline(f"# keyguard: ignore-next-line{tail}\n{{}}") is None


def test_without_the_day_nothing_holds_that_has_a_date() -> None:
    assert inline("{} # keyguard: ignore until=9999-12-31", today="") is None
    assert inline("{} # keyguard: ignore", today="") is not None


@pytest.mark.parametrize(
    ("tail", "reason"),
    [
        pytest.param("", None, id="none"),
        pytest.param(" -- made up", "made up", id="plain"),
        pytest.param("[aws-access-key-id] until=2026-12-31 -- made up", "made up", id="behind the rest"),
        pytest.param(" -- made up */ x = 1", "made up", id="comment that ends"),
        pytest.param(" -- made up -->", "made up", id="html"),
        pytest.param(" -->", None, id="html, none"),
        pytest.param(" --", None, id="only dashes"),
        pytest.param(" made up", None, id="without dashes"),
        pytest.param(" -- für Tests", "für Tests", id="not ASCII"),
    ],
)
def test_the_reason(tail: str, reason: str | None) -> None:
    found = inline("{} # keyguard: ignore" + tail)
    assert found is not None
    assert found.reason == reason


def test_a_reason_shows_no_secret() -> None:
    secret = keys.secret()
    repeated = inline("{} # keyguard: ignore -- once " + secret, SECRET, value=secret)
    behind = inline("# keyguard: ignore -- was {} once", SECRET, value=secret)
    assert repeated == Suppression("keyguard: ignore", "once ************")
    assert behind == Suppression("keyguard: ignore", "was ************ once")


def test_a_reason_that_is_not_utf8_is_escaped() -> None:
    data = KEY.encode() + b" # keyguard: ignore -- \xff"
    found = suppress.inline(Chunk(data), 0, len(KEY), ID, TODAY)
    assert found is not None
    assert found.reason == "\\xff"


PRAGMA = "pragma: allowlist secret"
NEXT_PRAGMA = "pragma: allowlist nextline secret"


@pytest.mark.parametrize(
    ("text", "by"),
    [
        pytest.param("{} # pragma: allowlist secret", PRAGMA, id="hash"),
        pytest.param("{} // pragma: allowlist secret", PRAGMA, id="slashes"),
        pytest.param("{} /* pragma: allowlist secret */", PRAGMA, id="c"),
        pytest.param("{} ' pragma: allowlist secret", PRAGMA, id="vb"),
        pytest.param("{} -- pragma: allowlist secret", PRAGMA, id="sql"),
        pytest.param("{} <!-- pragma: allowlist secret -->", PRAGMA, id="html"),
        pytest.param("{} #pragma:allowlist secret", PRAGMA, id="no spaces"),
        pytest.param("{} # pragma: allowlist-secret", PRAGMA, id="dash"),
        pytest.param("{} # pragma: whitelist secret", PRAGMA, id="old word"),
        pytest.param("{} # pragma: allowlist secret because\r\n", PRAGMA, id="reason, crlf"),
        pytest.param("# pragma: allowlist nextline secret\n{}", NEXT_PRAGMA, id="line above"),
        pytest.param("  // pragma: allowlist nextline secret\r\n{}", NEXT_PRAGMA, id="line above, indented"),
        pytest.param("/* pragma: allowlist-nextline-secret */\n{}", NEXT_PRAGMA, id="line above, dashes"),
        pytest.param("{} # gitleaks:allow", "gitleaks:allow", id="gitleaks"),
        pytest.param('"gitleaks:allow": "{}"', "gitleaks:allow", id="gitleaks in a string, before"),
        pytest.param("{} # betterleaks:allow", "betterleaks:allow", id="betterleaks"),
        pytest.param("{} # trufflehog:ignore", "trufflehog:ignore", id="trufflehog"),
    ],
)
def test_markers_of_other_scanners(text: str, by: str) -> None:
    assert inline(text) == Suppression(by)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("{} # PRAGMA: allowlist secret", id="upper case"),
        pytest.param("{} # pragma allowlist secret", id="no colon"),
        pytest.param("{} ; pragma: allowlist secret", id="ini comment"),
        pytest.param("{} REM pragma: allowlist secret", id="batch comment"),
        pytest.param("{} % pragma: allowlist secret", id="tex comment"),
        pytest.param("{} pragma: allowlist secret", id="no comment"),
        pytest.param('{"{}": "pragma: allowlist secret"}', id="json string"),
        pytest.param("/* pragma: allowlist secret */ {}", id="comment does not end the line"),
        pytest.param("# pragma: allowlist secret\n{}", id="line above"),
        pytest.param("# pragma: whitelist nextline secret\n{}", id="old word, line above"),
        pytest.param("x = 1 # pragma: allowlist nextline secret\n{}", id="line above, behind code"),
        pytest.param("# pragma: allowlist nextline secret\n\n{}", id="two lines above"),
        pytest.param("{} # pragma: allowlist nextline secret", id="nextline on the line itself"),
        pytest.param("# gitleaks:allow\n{}", id="gitleaks, line above"),
        pytest.param("{}\n# betterleaks:allow", id="betterleaks, line below"),
        pytest.param("# trufflehog:ignore\n{}", id="trufflehog, line above"),
        pytest.param("{} # GITLEAKS:ALLOW", id="gitleaks, upper case"),
        pytest.param("{} # gitleaks: allow", id="gitleaks, with a space"),
        pytest.param("{} # kingfisher:ignore", id="a scanner that is not read"),
        pytest.param("{} # nosec", id="not about secrets"),
        pytest.param("{} # noqa: S105", id="not about keys"),
    ],
)
def test_what_other_scanners_do_not_accept_either(text: str) -> None:
    assert inline(text) is None


@pytest.mark.parametrize(
    ("tool", "marker"),
    [
        ("detect-secrets", "# pragma: allowlist secret"),
        ("gitleaks", "# gitleaks:allow"),
        ("betterleaks", "# betterleaks:allow"),
        ("trufflehog", "# trufflehog:ignore"),
    ],
)
def test_markers_of_others_can_be_switched_off(tool: str, marker: str) -> None:
    data = f"{KEY} {marker}".encode()
    others = set(suppress.FOREIGN) - {tool}
    assert suppress.inline(Chunk(data), 0, len(KEY), ID, TODAY, foreign=others) is None
    assert suppress.inline(Chunk(data), 0, len(KEY), ID, TODAY, foreign=[tool]) is not None


def test_an_own_marker_goes_before_those_of_others() -> None:
    assert inline("{} # gitleaks:allow, keyguard: ignore -- why") == Suppression("keyguard: ignore", "why")


JOINED = '"wJal" +{0}\n "rXUt" +{1}\n "nFEM"{2}\n'


@pytest.mark.parametrize("line", [0, 1, 2])
@pytest.mark.parametrize(
    "marker", [" # keyguard: ignore", " # gitleaks:allow", " # pragma: allowlist secret"]
)
def test_a_match_over_several_lines_is_accepted_on_any(line: int, marker: str) -> None:
    data = JOINED.format(*(marker if number == line else "" for number in range(3))).encode()
    start, end = data.index(b"wJal"), data.index(b"nFEM") + 4
    assert suppress.inline(Chunk(b"x\n" + data), start + 2, end + 2, SECRET, TODAY) is not None
    assert suppress.inline(Chunk(b"x\n" + data), start + 2, start + 6, SECRET, TODAY) is None or line == 0


def test_a_marker_inside_the_match_is_not_read() -> None:
    data = b"key = [keyguard: ignore gitleaks:allow]"
    assert suppress.inline(Chunk(data), 6, len(data), ID, TODAY) is None


NEAR = suppress.REACH - 200
FAR = suppress.REACH + 200


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        pytest.param("{} " + "x" * NEAR + " # keyguard: ignore", True, id="right, near"),
        pytest.param("{} " + "x" * FAR + " # keyguard: ignore", False, id="right, far"),
        pytest.param("{} # keyguard: ignore[" + "x" * FAR + "]", False, id="right, its end is out of sight"),
        pytest.param("/* keyguard: ignore */" + "x" * NEAR + " {}", True, id="left, near"),
        pytest.param("/* keyguard: ignore */" + "x" * FAR + " {}", False, id="left, far"),
        pytest.param("# keyguard: ignore-next-line\n" + "x" * NEAR + "{}", True, id="above, near"),
        pytest.param("# keyguard: ignore-next-line\n" + "x" * FAR + "{}", False, id="above, far"),
        pytest.param("# keyguard: ignore-next-line" + " " * FAR + "\n{}", False, id="above, a long line"),
    ],
)
def test_only_what_is_near_is_read(text: str, *, accepted: bool) -> None:
    assert (inline(text) is not None) is accepted


def test_a_marker_that_the_chunk_cuts_is_not_read() -> None:
    data = f"{KEY} # keyguard: ignore".encode()  # the next chunk goes on with "[another-rule]"
    assert suppress.inline(Chunk(data), 0, len(KEY), ID, TODAY) is not None
    assert suppress.inline(Chunk(data, own_end=10), 0, len(KEY), ID, TODAY) is None


def test_offsets_are_those_of_the_chunk() -> None:
    data = f"x # keyguard: ignore\n{KEY}\n".encode()
    chunk = Chunk(data, start=5000, line=100, own_start=4)
    assert suppress.inline(chunk, 21, 21 + len(KEY), ID, TODAY) is None


@pytest.mark.parametrize(
    ("text", "rule", "expected"),
    [
        pytest.param(
            "# keyguard: ignore-file\n", PAIR, Suppression("keyguard: ignore-file"), id="first line"
        ),
        pytest.param(
            "\n" * 9 + "# keyguard: ignore-file", ID, Suppression("keyguard: ignore-file"), id="tenth"
        ),
        pytest.param("\n" * 10 + "# keyguard: ignore-file", ID, None, id="eleventh"),
        pytest.param(
            "#!/bin/sh\n// KEYGUARD:IGNORE-FILE[aws-access-key-id] until=2026-12-31 -- fixtures\n",
            ID,
            Suppression("keyguard: ignore-file", "fixtures", (ID,), "2026-12-31"),
            id="with everything",
        ),
        pytest.param("# keyguard: ignore-file[aws-access-key-id]\n", PAIR, None, id="an ID is no pair"),
        pytest.param("# keyguard: ignore-file until=2026-06-14\n", ID, None, id="past"),
        pytest.param("# keyguard: ignore\n", ID, None, id="for a line"),
        pytest.param("# keyguard: ignore-files\n", ID, None, id="another word"),
        pytest.param(
            "x" * suppress.FILE_BYTES + " keyguard: ignore-file\n", ID, None, id="far into a long line"
        ),
        pytest.param(
            "x" * (suppress.FILE_BYTES - 23) + " keyguard: ignore-file[x]",
            ID,
            None,
            id="cut before its rules",
        ),
        pytest.param("", ID, None, id="empty"),
    ],
)
def test_a_marker_for_the_whole_file(text: str, rule: str, expected: Suppression | None) -> None:
    assert suppress.whole_file(Chunk(text.encode()), rule, TODAY) == expected


@pytest.mark.parametrize(
    ("rules", "accepted"),
    [
        pytest.param(PAIR, True, id="the pair"),
        pytest.param(SECRET, True, id="the secret, which decides"),
        pytest.param(ID, False, id="the ID, which does not"),
        pytest.param(f"{ID}, {SECRET}", True, id="both parts"),
    ],
)
def test_which_names_accept_a_pair_in_the_whole_file(rules: str, *, accepted: bool) -> None:
    first = Chunk(f"# keyguard: ignore-file[{rules}]\n".encode())
    assert (suppress.whole_file(first, PAIR, TODAY) is not None) is accepted


def test_only_the_first_chunk_speaks_for_the_file() -> None:
    assert suppress.whole_file(Chunk(b"# keyguard: ignore-file\n", start=4096), ID, TODAY) is None


MARK = Suppression("keyguard: ignore")


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        pytest.param([("id", None), ("secret", None)], None, id="pair, no marker"),
        pytest.param([("id", MARK), ("secret", None)], None, id="pair, only the ID"),
        pytest.param([("id", None), ("secret", MARK)], MARK, id="pair, only the secret"),
        pytest.param([("secret", MARK), ("id", MARK)], MARK, id="pair, both"),
        pytest.param([("id", MARK), ("secret", None), ("token", MARK)], None, id="temporary, not the secret"),
        pytest.param([("id", None), ("secret", MARK), ("token", None)], MARK, id="temporary, the secret"),
        pytest.param([("id", MARK), ("token", None)], None, id="a token is worth more than its ID"),
        pytest.param([("id", MARK)], MARK, id="lone ID"),
        pytest.param([("secret", None)], None, id="lone secret"),
        pytest.param([("token", MARK)], MARK, id="lone token"),
        pytest.param([], None, id="nothing"),
    ],
)
def test_what_accepts_a_finding(
    parts: list[tuple[Kind, Suppression | None]], expected: Suppression | None
) -> None:
    assert suppress.combine(parts) == expected


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_any_text_can_stand_around_a_match(before: bytes, after: bytes) -> None:
    data = before + KEY.encode() + after
    found = suppress.inline(Chunk(data), len(before), len(before) + len(KEY), ID, TODAY)
    assert found is None or found.by.split(":")[0].encode() in data.lower()


WORDS = [
    "keyguard:",
    " ",
    "ignore",
    "-next-line",
    "-file",
    "[",
    "]",
    ID,
    "until=",
    TODAY,
    " -- ",
    "\n",
    "*/",
    "#",
]


@given(st.lists(st.sampled_from(WORDS)).map("".join), st.lists(st.sampled_from(WORDS)).map("".join))
def test_a_marker_needs_its_whole_name(before: str, after: str) -> None:
    found = inline(before + "{}" + after)
    lines = (before + KEY + after).split("\n")
    at = before.count("\n")
    above = lines[at - 1] if at else ""
    if found:
        assert "keyguard:" in above + lines[at]
        assert "ignore" in above + lines[at]
        assert found.rules is None or ID in found.rules
        assert found.until in {None, TODAY}
