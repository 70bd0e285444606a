"""What stands around a value: which evidence is seen where, and that it adds up to the right answer."""

from __future__ import annotations

import base64
import random
import re
from typing import TYPE_CHECKING

import keys
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from keyguard import rules
from keyguard.config import Config
from keyguard.context import MANY, MOST, Context, of_document, total
from keyguard.model import Chunk, Document, Origin
from keyguard.pipeline import Examined, Scanner

if TYPE_CHECKING:
    from keyguard.model import Finding
    from keyguard.rules import Evidence

EVIDENCE = rules.builtin().evidence
CONTEXT = Context(EVIDENCE)
SCANNER = Scanner(Config())
PIECE = keys.secret(900) + keys.secret(901)[:20]
"""A line of base64, as a block of it has."""
LINES = f"{PIECE}\n{PIECE}\n"


def secret(seed: int, *, symbols: bool = True) -> str:
    """A secret with a ``+`` or ``/`` in it, or without."""
    found = (keys.secret(number) for number in range(seed, seed + 1000))
    return next(value for value in found if value.isalnum() is not symbols)


SECRET, PLAIN = secret(1), secret(1, symbols=False)


def names(text: str) -> set[str]:
    """The evidence for the secret that stands for ``§`` in ``text``."""
    data = text.replace("§", SECRET).encode("utf-8", "surrogateescape")
    start = data.index(SECRET.encode())
    return {one.name for one in CONTEXT.found("secret", data, start, start + len(SECRET))}


def scan(text: str, value: str = SECRET, path: str | None = "file") -> list[Finding]:
    """The findings that hold ``value``, which stands for ``§`` in ``text``."""
    done = Examined()
    data = text.replace("§", value).encode("utf-8", "surrogateescape")
    SCANNER.document(Document(Origin("files", path), (Chunk(data),)), done)
    return [one for one in done.findings if one.secret and one.secret.reveal() == value.encode()]


@pytest.mark.parametrize(
    "name",
    [
        "aws_secret_access_key",
        "AWS_SECRET_ACCESS_KEY",
        "aws-secret-access-key",
        "awsSecretAccessKey",
        "AWSSecretKey",
        "secretKey",
        "SecretAccessKey",
        "Secret access key",
        "fs.s3a.secret.key",
        "fs.s3n.awsSecretAccessKey",
        "spark.hadoop.fs.s3a.secret.key",
        "aws_sec_key",
        "S3_SECRET",
        "s3SecretKey",
        "AMAZON_SECRET",
        "access_secret",
        "MINIO_SECRET_KEY",
        "TF_VAR_aws_secret_key",
    ],
)
@pytest.mark.parametrize(
    "form",
    [
        pytest.param("{} = §\n", id="ini"),
        pytest.param('"{}": "§",\n', id="json"),
        pytest.param("'{}' => '§'\n", id="arrow"),
        pytest.param('f({}="§")\n', id="argument"),
        pytest.param("<{}>§</x>\n", id="element"),
    ],
)
def test_names_that_secrets_have(name: str, form: str) -> None:
    text = form.format(name)
    assert "secret-key-name" in names(text)
    assert [one.score > 0.999 for one in scan(text)] == [True]


@pytest.mark.parametrize(
    ("evidence", "text"),
    [
        pytest.param("secret-name", "aws = §", id="aws"),
        pytest.param("secret-key-name-above", "user,secret access key\nana,§", id="head of a table"),
        pytest.param("secret-key-name-above", "<name>fs.s3a.secret.key</name>\n<value>§", id="hadoop"),
        pytest.param("aws-call", 'new BasicAWSCredentials(\n  id,\n  "§")', id="java"),
        pytest.param("aws-call", 'AwsBasicCredentials.create(id, "§")', id="java 2"),
        pytest.param("aws-call", 'credentials.NewStaticCredentials(id, "§", "")', id="go"),
        pytest.param("aws-call", 'credentials.NewStaticCredentialsProvider(id, "§", "")', id="go 2"),
        pytest.param("aws-call", 'boto3.client("s3", None, "§")', id="python"),
        pytest.param("aws-call", "AWS.config.update({\n  b: '§'", id="javascript"),
        pytest.param("aws-call", "Aws::Credentials.new(id, '§')", id="ruby"),
        pytest.param("aws-call", 'Aws::Auth::AWSCredentials c(id, "§");', id="c++"),
        pytest.param("aws-call", 'new AmazonS3Client(id, "§")', id="c#"),
        pytest.param("hash-name", "sha256: §", id="sha256"),
        pytest.param("hash-name", '"etag": "§', id="ETag"),
        pytest.param("hash-name", "file.py,sha256=Ab_§", id="piece of a URL-safe digest"),
        pytest.param("hash-name", "uses: a/b@§", id="pinned action"),
        pytest.param("public-name", '"publicKey": "§"', id="public key"),
        pytest.param("ssh-public-key", "ssh-ed25519 §", id="ssh"),
        pytest.param("ssh-public-key", "ssh-rsa\\tAAAA\\\n§", id="ssh, escaped and wrapped"),
        pytest.param("login-hash", "pbkdf2_sha256$100000$a6Puc$§", id="django"),
        pytest.param("login-hash", "$2a$10$§", id="bcrypt"),
        pytest.param("message-id", "<CA+EOSBncr=§@mail.gmail.com>,", id="mail"),
        pytest.param(
            "message-id", "https://a.example/git/CA+EOSBncr=§@mail.gmail.com/", id="archive of mails"
        ),
        pytest.param("message-id", "?q=CA%2B=§%40mail.gmail.com", id="search for a mail"),
        pytest.param("message-id", "<§@local.example>", id="mail of others"),
        pytest.param("identifier-name", '"id": "§"', id="id"),
        pytest.param("identifier-name", "--key-id §", id="option"),
        pytest.param("identifier-name", 'publisherId: "§"', id="camelCase"),
        pytest.param("other-key-name", "api_key = '§'", id="api key"),
        pytest.param("token-name", '"csrfToken": "§"', id="csrf"),
        pytest.param("other-service", "GITHUB_PAT=§", id="github"),
        pytest.param("joined-before", "ghp_§", id="token with a prefix"),
        pytest.param("joined-before", "+_§", id="behind a symbol"),
        pytest.param("joined-after", "§-abc", id="URL-safe"),
        pytest.param("joined-after", "§_/W", id="URL-safe and not"),
        pytest.param("escaped-before", "k=abc%2B§", id="percent"),
        pytest.param("escaped-after", "§\\u002babc", id="unicode escape"),
        pytest.param("in-data-before", f"{'a1B' * 12}:jjjb;§", id="WebAssembly as text"),
        pytest.param("in-data-after", f"§:jjj;{'a1B' * 12}", id="WebAssembly as text, behind"),
        pytest.param("in-binary-before", "\udc93§", id="lone continuation byte"),
        pytest.param("in-binary-after", "§\udcff", id="byte that UTF-8 never has"),
        pytest.param("in-random-text", "ѩ㈱ж騇Αּ§", id="many scripts"),
        pytest.param("mangled-name", "\0_ZN4llvm3pdbE\0_§", id="symbol table"),
        pytest.param("mangled-name", "\0N4llvm2cl11OptionE\0§", id="type information"),
        pytest.param("end-of-a-block", f"{LINES}§\n", id="last line"),
        pytest.param("end-of-an-escaped-block", f"{PIECE}\\n§\\n", id="escaped"),
        pytest.param("in-a-block", f'"{PIECE}" +\n "{PIECE}" +\n "§"', id="concatenated"),
        pytest.param("in-armor", "-----BEGIN PGP MESSAGE-----\n\nabc\n§\n", id="armor"),
        pytest.param("data-url", "url(data:font/woff;base64,§", id="data URL"),
        pytest.param("request-signature", "?X-Amz-Signature=§&x", id="presigned"),
    ],
)
def test_evidence(evidence: str, text: str) -> None:
    assert evidence in names(text)


def test_a_value_without_symbols_speaks_against_itself() -> None:
    assert {one.name for one in CONTEXT.found("secret", PLAIN.encode(), 0, 40)} == {"no-symbol"}
    assert names("§") == set()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("§", id="alone"),
        pytest.param('x = "§"\n', id="assigned"),
        pytest.param("see §. It works", id="prose"),
        pytest.param("- §\n", id="list"),
        pytest.param('["alpha","§","beta"]', id="array"),
        pytest.param("valid: §", id="not an identifier"),
        pytest.param("密钥是§。", id="chinese"),
        pytest.param("请使用§登录", id="chinese without a space"),
        pytest.param("„§“", id="german quotes"),
        pytest.param("ключ§ключ", id="russian without a space"),
        pytest.param("**§**", id="bold"),
        pytest.param("https://ana:§@host/", id="URL"),
        pytest.param("<ftp://ana:§@host>", id="URL in angle brackets"),
        pytest.param("smtp://ana:§@mail.gmail.com.example/", id="host that begins like Gmail's"),
        pytest.param("a;b;ana;§;c", id="semicolons"),
        pytest.param(f"-----BEGIN X-----\n{LINES}-----END X-----\n§\n", id="behind a certificate"),
        pytest.param("\0§\0", id="in a binary"),
        pytest.param('!function(e){return e.k||"§"}(this);', id="minified"),
    ],
)
def test_surroundings_that_say_nothing(text: str) -> None:
    assert names(text) == set()
    assert [one.severity for one in scan(text)] == ["medium"]


@pytest.mark.parametrize("text", ["{}", 'a = "{}"', '["x", "{}"]', "<v>{}</v>", "# {}", "密{}钥", "k={};"])
def test_no_more_than_one_random_secret_in_a_thousand_is_lost(text: str) -> None:
    source = random.Random(text)
    drawn = [base64.b64encode(source.randbytes(30)).decode() for _ in range(2_000)]
    assert sum(not scan(text.format("§"), value) for value in drawn) <= 2


def test_beside_a_name_none_is_lost() -> None:
    source = random.Random(8)
    drawn = [base64.b64encode(source.randbytes(30)).decode() for _ in range(10_000)]
    assert all(scan("aws_secret_access_key = §", value) for value in drawn)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("sha1: §", id="hash"),
        pytest.param("ghp_§", id="token with a prefix"),
        pytest.param("X-Amz-Signature=§", id="signature"),
        pytest.param(f"{LINES}§\n", id="block"),
        pytest.param("\0_ZN4llvm5Class6methodEv\0_§", id="symbols"),
    ],
)
def test_what_is_random_but_no_key(text: str) -> None:
    assert not scan(text)


def test_a_token_of_another_kind_is_less_than_a_key() -> None:
    assert [one.severity for one in scan("api_key = §", PLAIN)] == ["low"]
    assert not scan('"id": "§"', PLAIN)


@pytest.mark.parametrize(
    "reference",
    [
        "${AWS_SECRET_ACCESS_KEY_OF_THE_PRODUCTION_ACCOUNT}",
        "{{ vault/data/production/payments/api/aws/key }}",
        "vault:secret/data/production/payments/aws/keys/a",
        "ssm:/production/eu-central-1/paymentsApi/secretKey0",
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:productionPaymentsServiceSecretAccessKey",
        "process.env.PRODUCTION_PAYMENTS_AWS_SECRET_ACCESS_KEY",
        "System/getenv/ProductionPaymentsAwsSecretKey",
        "getPaymentServiceAwsSecretAccessKeyFromIt",
        "changeThisSecretKeyBeforeYouGoProduction",
    ],
)
def test_references_are_no_secrets(reference: str) -> None:
    done = Examined()
    text = f"aws_secret_access_key = {reference}\n"
    SCANNER.document(Document(Origin("files", "x"), (Chunk(text.encode()),)), done)
    assert [one for one in done.findings if one.severity != "info"] == []


def test_what_speaks_for_a_value_has_a_bound_and_what_speaks_against_it_has_none() -> None:
    assert total([7.0, 2.5, 3.0]) == MOST
    assert total([7.0, 2.5, 3.0, -9.0, -9.0]) == MOST - 18.0
    assert total([]) == 0


@pytest.mark.parametrize(
    ("path", "sign"),
    [
        (".aws/credentials", 1),
        ("home/ana/.aws/config", 1),
        ("ana_accessKeys.csv", 1),
        ("credentials.csv", 1),
        ("old.zip!deep/.env.production", 1),
        ("conf/core-site.xml", 1),
        ("package-lock.json", -1),
        ("web/yarn.lock", -1),
        ("go.sum", -1),
        ("x.dist-info/RECORD", -1),
        ("SHA256SUMS", -1),
        ("certs/ca.pem", -1),
        ("app.js.map", -1),
        ("src/credentials.py", 0),
        ("src/environment.ts", 0),
        ("src/main.js", 0),
        (None, 0),
    ],
)
def test_kinds_of_files(path: str | None, sign: int) -> None:
    odds = of_document(EVIDENCE, "secret", path, 1)
    assert (odds > 0) - (odds < 0) == sign


def test_the_kind_of_file_decides_what_is_reported() -> None:
    assert [one.severity for one in scan("§", PLAIN, "x")] == ["medium"]
    assert not scan("§", PLAIN, "go.sum")
    assert [one.severity for one in scan("api_key: §", PLAIN, "x")] == ["low"]
    assert [one.severity for one in scan("api_key: §", PLAIN, ".env")] == ["medium"]


def test_more_random_runs_than_anybody_has_keys_are_data() -> None:
    odds = [of_document((), "secret", None, number) for number in (0, 1, MANY, 2 * MANY, 100 * MANY)]
    assert odds[:3] == [0, 0, 0]
    assert odds[3] > odds[4]
    assert odds[4] < -9


def test_every_name_has_a_meaning_once() -> None:
    named = [(one.name, one.where) for one in EVIDENCE]
    assert len(set(named)) == len(named)
    assert all(re.fullmatch("[a-z0-9-]+", one.name) for one in EVIDENCE)


@pytest.mark.parametrize(
    "one", [one for one in EVIDENCE if one.needs], ids=lambda one: f"{one.name} {one.where}"
)
def test_what_matches_has_what_its_evidence_needs(one: Evidence) -> None:
    written = one.pattern.replace("}+", "}").replace(")*+", ")*")  # as hypothesis understands it
    ascii_only = st.characters(codec="ascii")
    matching: st.SearchStrategy[str | bytes] = (
        st.from_regex(written, alphabet=ascii_only)
        if one.where == "path"
        else st.from_regex(written.encode())
    )

    @settings(max_examples=60, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(matching)
    def holds(text: str | bytes) -> None:
        data = text.encode() if isinstance(text, str) else text
        assert any(need in data.lower() for need in one.needs)

    holds()


def test_every_pattern_takes_linear_time() -> None:
    """On the longest texts that they are given, whatever these are."""
    texts = (
        "a" * 600,
        "a1B" * 200,
        "=" * 600,
        "a-" * 300,
        "%2B" * 200,
        "\\n" * 300,
        "secret " * 90,
        "+ " * 300,
    )
    for text in texts:
        data = (text + SECRET + text).encode()
        CONTEXT.found("secret", data, len(text), len(text) + 40)
