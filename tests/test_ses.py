"""SMTP passwords of SES: made of a secret, and proven by it."""

from __future__ import annotations

import random
import time

import keys
import pytest

import keyguard
from keyguard import samples, ses
from keyguard.model import SMTP_RULE, Finding

ID, SECRET = keys.pair(3)
REGION = "eu-west-1"
PASSWORD = ses.password(SECRET.encode(), REGION).decode()
OLD = ses.old_password(SECRET.encode()).decode()


def found(text: str) -> list[Finding]:
    return list(keyguard.scan_text(text))


def of_password(text: str) -> Finding:
    (one,) = (one for one in found(text) if one.rule == SMTP_RULE)
    return one


def test_the_password_is_made_as_aws_says() -> None:
    # Computed with the script in the SES Developer Guide from AWS's example secret, for us-east-1.
    secret = keys.EXAMPLE_SECRET.encode()
    assert ses.password(secret, "us-east-1").decode() == "BLBM/9hSUELfq8Gw+rU1" + "YcBjkOxGbhT2XG763xVLGWL9"
    assert ses.old_password(secret).decode() == "An60U4ZD3sd4fg+FvXUj" + "ayOipTt8LO4rUUmhpdX6ctDy"


@pytest.mark.parametrize("region", ses.REGIONS)
def test_a_secret_in_the_document_proves_it_and_tells_the_region(region: str) -> None:
    made = ses.password(SECRET.encode(), region).decode()
    one = of_password(f"key {ID}\nsecret {SECRET}\nsmtp_password = {made}\n")
    assert (one.region, one.key_id, one.confidence) == (region, ID, "high")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"SMTP_PASS={PASSWORD}\nuser={ID}\nsecret={SECRET}\n", id="the password first"),
        pytest.param(f"id,secret,smtp\n{ID},{SECRET},{PASSWORD}\n", id="on one line"),
        pytest.param(f"{ID} {SECRET}\n" + "\n" * 100 + f"smtp {PASSWORD}", id="far apart"),
        pytest.param(
            f"{ID} {SECRET}\nsmtp://x:{PASSWORD.replace('+', '%2B').replace('/', '%2F')}@h", id="URL"
        ),
    ],
)
def test_forms(text: str) -> None:
    assert (of_password(text).region, of_password(text).key_id) == (REGION, ID)


def test_an_old_password_is_proven_too_and_is_of_no_region() -> None:
    one = of_password(f"{ID} {SECRET}\nsmtp {OLD}\n")
    assert (one.region, one.key_id) == (None, ID)


def test_a_strange_secret_proves_nothing() -> None:
    other = keys.secret(4)
    one = of_password(f"smtp email-smtp.us-west-2.amazonaws.com {PASSWORD}\n{'#' * 30}\nsecret {other}\n")
    assert one.region == "us-west-2"


def test_its_user_name_is_a_part_of_it() -> None:
    (one,) = found(f"SMTP_USER={ID}\nSMTP_PASS={PASSWORD}\n")
    assert (one.rule, one.key_id, one.severity) == (SMTP_RULE, ID, "high")
    assert [part.kind for part in one.parts] == ["id", "token"]


def test_another_id_far_away_is_not() -> None:
    assert sorted(one.rule for one in found(f"user={ID}\n" + "\n" * 40 + f"SMTP_PASS={PASSWORD}\n")) == [
        "aws-access-key-id",
        SMTP_RULE,
    ]


def test_two_passwords_have_their_own_user_names() -> None:
    source = random.Random(5)
    users = [keys.key_id(n) for n in (1, 2)]
    text = "".join(f"SMTP_USER={user}\nSMTP_PASS={samples.smtp(source, '')}\n\n\n" for user in users)
    assert [one.key_id for one in found(text)] == users


def test_redaction_masks_both() -> None:
    masked = keyguard.redact(f"SMTP_USER={ID}\nSMTP_PASS={PASSWORD}\n")
    assert ID not in masked
    assert PASSWORD not in masked


def test_many_secrets_and_passwords_take_little_time() -> None:
    source = random.Random(6)
    lines = [f"smtp {samples.smtp(source, '')} {samples.secret(source)} {keys.key_id(n)}" for n in range(300)]
    begun = time.process_time()
    found("\n".join(lines))
    assert time.process_time() - begun < 10
