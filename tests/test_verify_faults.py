"""Whatever goes wrong between here and AWS: the key is unknown, with the reason, and never inactive."""

from __future__ import annotations

import datetime as dt
import email.utils
import ipaddress
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any, cast

import findings
import keys
import pytest
from aws_server import Fault, Reply, error, identity

import keyguard
from keyguard import cli
from keyguard.verify import pace
from keyguard.verify.model import Settings
from keyguard.verify.run import MISSING, verified

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from keyguard.model import Finding, Report

TEXT = "aws_access_key_id = {}\naws_secret_access_key = {}\n".format(*keys.pair())
HTML = {"Content-Type": "text/html"}
QUICK = Settings(rate=200, spacing=0.01, backoff=0.01, connect=1, patience=1)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def ask(url: str | None, text: str = TEXT, **settings: object) -> Report:
    report = findings.report(*keyguard.scan_text(text, path="app.ini"))
    return verified(report, QUICK._replace(sts_endpoint=url, **cast("dict[str, Any]", settings)))


def answered(reply: Reply | None, text: str = TEXT, **settings: object) -> tuple[Finding, Report, Fault]:
    """The finding, the report and the server, when every answer is ``reply``."""
    with Fault(lambda *_: reply) as server:
        report = ask(server.url, text, **settings)
    return report.findings[0], report, server


def without_proxies() -> dict[str, str]:
    """The environment, without what this machine has of proxies and certificates."""
    theirs = ("_proxy", "_bundle", "ssl_cert_file")
    return {name: value for name, value in os.environ.items() if not name.lower().endswith(theirs)}


def reason(finding: Finding) -> str:
    return dict(finding.triage)["reason"]


class TestCodes:
    """What AWS's errors mean."""

    @pytest.mark.parametrize(
        ("reply", "status"),
        [
            pytest.param(error("InvalidClientTokenId"), "inactive", id="unknown ID"),
            pytest.param(error("SignatureDoesNotMatch"), "mismatched", id="wrong secret"),
            pytest.param(error("ExpiredToken"), "expired", id="session over"),
            pytest.param(error("ExpiredTokenException", 400), "expired", id="session over, newer name"),
            pytest.param(error("AccessDenied"), "denied", id="blocked"),
            pytest.param(error("RegionDisabledException"), "unknown", id="region off"),
            pytest.param(error("OptInRequired"), "unknown", id="region not on"),
            pytest.param(error("IncompleteSignature", 400), "unknown", id="our mistake"),
            pytest.param(error("MissingAuthenticationToken"), "unknown", id="a proxy took the header away"),
            pytest.param(error("SomethingNew"), "unknown", id="a code of the future"),
            pytest.param(identity(), "active", id="live"),
            pytest.param(identity("arn:aws-cn:iam::123456789012:user/a/b"), "active", id="live in China"),
        ],
    )
    def test_status(self, reply: Reply, status: str) -> None:
        found, report, server = answered(reply)
        assert found.status == status
        assert len(server.seen) == 1
        assert report.complete is (status != "unknown")

    @pytest.mark.parametrize(
        ("status", "severity"),
        [("AccessDenied", "high"), ("ExpiredToken", "low"), ("InvalidClientTokenId", "medium")],
    )
    def test_severity(self, status: str, severity: str) -> None:
        assert answered(error(status))[0].severity == severity


class TestOldIds:
    """IDs of the old generation do not tell their account; the answer does."""

    def test_a_tripwire_that_was_sprung(self) -> None:
        key_id = "AKIA" + "I" + keys.key_id()[5:]
        text = f"aws_access_key_id = {key_id}\naws_secret_access_key = {keys.secret()}\n"
        reply = identity("arn:aws:iam::052310077262:user/trap", "052310077262")
        found, _, _ = answered(reply, text)
        assert (found.status, found.severity, found.account) == ("canary", "low", "052310077262")
        assert "somebody was alerted" in reason(found)
        assert answered(reply, text, canaries=True)[0].status == "active"


class TestNotFromAws:
    """Answers that somebody else gave."""

    @pytest.mark.parametrize(
        "reply",
        [
            pytest.param((200, HTML, b"<html>Log in to the network</html>"), id="portal"),
            pytest.param((403, HTML, b"<html>Blocked by policy</html>"), id="filter"),
            pytest.param((407, HTML, b"<html>Proxy authentication</html>"), id="proxy"),
            pytest.param((404, HTML, b""), id="nothing"),
            pytest.param((200, {}, b""), id="empty"),
            pytest.param((200, {}, b"\x00\xff" * 1000), id="garbage"),
            pytest.param((200, {}, b"x" * 3_000_000), id="flood"),
            pytest.param((200, {}, identity()[2][:60]), id="truncated"),
            pytest.param(identity("arn:aws:iam::1:user/a"), id="no account number"),
            pytest.param(identity("https://example.org"), id="no ARN"),
            pytest.param(identity(account="12"), id="no account"),
            pytest.param((403, HTML, b"InvalidClientTokenId"), id="a code that is not in its place"),
            pytest.param((200, {}, error("InvalidClientTokenId")[2]), id="an error that says 200"),
            pytest.param(error("InvalidClientTokenId", 200), id="the same"),
            pytest.param(error("<b>"), id="a code that is none"),
        ],
    )
    def test_it_is_unknown(self, reply: Reply) -> None:
        found, report, _ = answered(reply)
        assert (found.status, found.severity) == ("unknown", "high")
        assert "is not from AWS" in reason(found)
        assert "proxy" in reason(found)
        assert not report.complete
        assert report.summary.errors == (f"a key could not be asked about: {reason(found)}",)

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    def test_redirects_are_not_followed(self, status: int) -> None:
        with Fault(lambda *_: identity()) as elsewhere:
            found, _, server = answered((status, {"Location": elsewhere.url}, b""))
        assert "sent a redirect" in reason(found)
        assert (len(server.seen), elsewhere.seen) == (1, [])

    def test_a_message_is_not_repeated(self) -> None:
        found, _, _ = answered(error("Strange", message="\x1b[31mpay here"))
        assert "pay" not in reason(found)


class TestAgain:
    """What is asked again."""

    @pytest.mark.parametrize(
        "busy",
        [
            pytest.param(error("Throttling", 400), id="throttled"),
            pytest.param(error("ServiceUnavailable", 503), id="unavailable"),
            pytest.param(error("InternalFailure", 500), id="failed"),
            pytest.param((502, HTML, b"<html>"), id="bad gateway"),
            pytest.param((429, {}, b""), id="too many requests"),
        ],
    )
    def test_later(self, busy: Reply) -> None:
        with Fault(lambda number, *_: busy if number < 2 else identity()) as server:
            report = ask(server.url, backoff=0.1)
        assert report.findings[0].status == "active"
        first, second, third = server.times
        assert second - first >= 0.1
        assert third - second >= 0.2

    def test_not_for_ever(self) -> None:
        found, _, server = answered(error("Throttling", 400))
        assert found.status == "unknown"
        assert "overloaded" in reason(found)
        assert len(server.seen) == 4

    @pytest.mark.parametrize("ahead", [3600, -3600, 400 * 86_400], ids=["ahead", "behind", "far ahead"])
    @pytest.mark.parametrize(
        "refusal",
        [
            pytest.param(("RequestExpired", "no"), id="by code"),
            pytest.param(("SignatureDoesNotMatch", "Signature expired: 1 is now earlier than 2"), id="late"),
            pytest.param(("SignatureDoesNotMatch", "Signature not yet current: 1"), id="early"),
        ],
    )
    def test_with_the_clock_of_the_server(self, ahead: int, refusal: tuple[str, str]) -> None:
        def reply(_: int, headers: dict[str, str], __: bytes) -> Reply:
            there = time.time() + ahead
            then = dt.datetime.strptime(headers["X-Amz-Date"], "%Y%m%dT%H%M%S%z").timestamp()
            if abs(then - there) < 300:
                return identity()
            return error(refusal[0], 403, refusal[1], Date=email.utils.formatdate(there, usegmt=True))

        with Fault(reply) as server:
            report = ask(server.url)
        assert (report.findings[0].status, len(server.seen)) == ("active", 2)

    @pytest.mark.parametrize("date", ["", "yesterday", "Mon, 99 Foo 2026 99:00:00 GMT"])
    def test_a_clock_that_cannot_be_read(self, date: str) -> None:
        found, _, server = answered(error("RequestExpired", Date=date))
        assert found.status == "unknown"
        assert "clock" in reason(found)
        assert len(server.seen) == 1

    def test_a_clock_that_does_not_help(self) -> None:
        found, _, server = answered(error("RequestExpired", Date=email.utils.formatdate(usegmt=True)))
        assert (found.status, len(server.seen)) == ("unknown", 2)


class TestNoAnswer:
    """No network, or something that never ends."""

    def test_nobody_listens(self) -> None:
        with Fault(lambda *_: None) as server:
            url = server.url
        report = ask(url)
        assert reason(report.findings[0]).startswith("there is no connection to 127.0.0.1")

    def test_it_hangs_up(self) -> None:
        found, _, server = answered(None)
        assert "or a proxy before it, closed the connection" in reason(found)
        assert len(server.seen) == 2

    def test_the_name_is_not_known(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(*_: object, **__: object) -> None:
            raise socket.gaierror(-2, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        report = ask("https://sts.example.invalid")
        assert reason(report.findings[0]) == "the name sts.example.invalid cannot be resolved"

    @pytest.fixture
    def slow(self) -> Iterator[Callable[[bytes, float], str]]:
        """Makes a server that sends something, and then a byte now and then for ever."""
        servers: list[socket.socket] = []

        def make(begin: bytes, pause: float) -> str:
            server = socket.create_server(("127.0.0.1", 0))
            servers.append(server)

            def serve() -> None:
                try:
                    while True:
                        connection, _ = server.accept()
                        connection.sendall(begin)
                        connections.append(connection)
                        threading.Thread(target=drip, args=(connection, pause), daemon=True).start()
                except OSError:
                    return

            threading.Thread(target=serve, daemon=True).start()
            return f"http://127.0.0.1:{server.getsockname()[1]}"

        connections: list[socket.socket] = []

        def drip(connection: socket.socket, pause: float) -> None:
            try:
                while True:
                    time.sleep(pause)
                    connection.sendall(b"x")
            except OSError:
                return

        yield make
        for server in (*servers, *connections):
            server.close()
        time.sleep(0.3)  # what was left behind ends too, while it may still complain

    @pytest.mark.parametrize(
        "begin",
        [
            pytest.param(b"", id="head"),
            pytest.param(b"HTTP/1.1 200 OK\r\nX-A: ", id="header"),
            pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", id="body"),
        ],
    )
    def test_a_byte_now_and_then(self, slow: Callable[[bytes, float], str], begin: bytes) -> None:
        begun = time.monotonic()
        report = ask(slow(begin, 0.1), patience=0.5)
        assert time.monotonic() - begun < 3
        assert "did not answer in time" in reason(report.findings[0])

    def test_the_time_out_bounds_all(
        self, slow: Callable[[bytes, float], str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        for seed in range(20):
            (tmp_path / str(seed)).write_text(f"{keys.key_id(seed)} {keys.secret(seed)}\n")
        begun = time.monotonic()
        options = ["--verify", "--timeout", "1", "--sts-endpoint", slow(b"", 0.1), "-fjson"]
        assert cli.main(["scan", str(tmp_path), *options]) == 1
        assert time.monotonic() - begun < 3
        report = json.loads(capfd.readouterr().out)
        assert {one["status"] for one in report["findings"]} == {"unknown"}
        assert report["complete"] is False
        assert report["summary"]["errors"] == [
            "20 keys could not be asked about: the time given by --timeout is used up"
        ]

    def test_an_interruption_is_heard_at_once(self, tmp_path: Path) -> None:
        (tmp_path / "a").write_text(TEXT)
        asked = threading.Event()

        def reply(*_: object) -> None:
            asked.set()
            time.sleep(5)

        command = [sys.executable, "-m", "keyguard", "scan", "a", "--verify", "-fjson", "--sts-endpoint"]
        with (
            Fault(reply) as server,
            subprocess.Popen(
                [*command, server.url],
                cwd=tmp_path,
                env=without_proxies(),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            ) as process,
        ):
            assert asked.wait(60)
            begun = time.monotonic()
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate()
        assert time.monotonic() - begun < 4
        assert process.returncode == 130
        (found,) = json.loads(out)["findings"]
        assert (found["status"], found["triage"]["reason"]) == ("unknown", "interrupted")

    def test_many_keys_are_not_tried_in_vain(self) -> None:
        text = "\n".join(f"{keys.key_id(seed)} {keys.secret(seed)}\n" for seed in range(60))
        with Fault(lambda *_: None) as server:
            report = ask(server.url, text, workers=1)
        assert len(server.seen) <= 6
        assert {found.status for found in report.findings} == {"unknown"}

    def test_nor_when_the_server_is_out_of_order(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pace, "SLOWEST", 0.05)
        text = "\n".join(f"{keys.key_id(seed)} {keys.secret(seed)}\n" for seed in range(60))
        with Fault(lambda *_: error("InternalFailure", 500)) as server:
            report = ask(server.url, text, workers=8)
        assert len(server.seen) <= 4 * 20
        assert {found.status for found in report.findings} == {"unknown"}

    def test_one_that_is_back_is_asked_on(self) -> None:
        text = "\n".join(f"{keys.key_id(seed)} {keys.secret(seed)}\n" for seed in range(20))
        with Fault(lambda number, *_: None if number % 3 else identity()) as server:
            report = ask(server.url, text, workers=1)
        assert {found.status for found in report.findings} == {"active", "unknown"}
        assert len(server.seen) > 20


class TestExitCode:
    """The findings are always reported, and the exit code says what is known."""

    @pytest.fixture
    def nowhere(self) -> str:
        with Fault(lambda *_: None) as server:
            return server.url

    def run(self, tmp_path: Path, text: str, url: str) -> int:
        (tmp_path / "a").write_text(text)
        return cli.main(["scan", str(tmp_path), "--verify", "--verify-ids", "--sts-endpoint", url])

    def test_something_was_found(
        self, tmp_path: Path, nowhere: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert self.run(tmp_path, TEXT, nowhere) == 1
        out = capfd.readouterr().out
        assert "status   unknown\n  reason   there is no connection to 127.0.0.1" in out
        assert "error: a key could not be asked about" in out

    def test_nothing_severe_was_found_but_it_could_be(self, tmp_path: Path, nowhere: str) -> None:
        text = f"https://s3.amazonaws.com/b?X-Amz-Credential={keys.key_id()}%2F20260101%2Fus-east-1\n"
        assert self.run(tmp_path, text, nowhere) == 2

    def test_nothing_was_found(self, tmp_path: Path, nowhere: str) -> None:
        assert self.run(tmp_path, "nothing\n", nowhere) == 0

    def test_without_the_extra(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setitem(sys.modules, "botocore", None)
        (tmp_path / "a").write_text(TEXT)
        assert cli.main(["scan", str(tmp_path), "--verify"]) == 1
        out = capfd.readouterr().out
        assert f"reason   {MISSING}" in out
        assert "keyguard[verify]" in out

    def test_with_an_extra_that_does_not_fit(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.delitem(sys.modules, "keyguard.verify.rounds", raising=False)
        monkeypatch.delitem(sys.modules, "keyguard.verify.transport", raising=False)
        monkeypatch.setitem(sys.modules, "botocore.httpsession", None)
        (tmp_path / "a").write_text(TEXT)
        assert cli.main(["scan", str(tmp_path), "--verify"]) == 1
        assert "botocore cannot be loaded (botocore.httpsession" in capfd.readouterr().out

    def test_something_that_nobody_foresaw(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        from keyguard.verify import threads  # noqa: PLC0415 - what is tested

        def broken(*_: object) -> None:
            raise LookupError(keys.secret())

        monkeypatch.setattr(threads, "each", broken)
        (tmp_path / "a").write_text(TEXT)
        assert cli.main(["scan", str(tmp_path), "--verify"]) == 1
        out = capfd.readouterr().out
        assert "reason   unexpected LookupError" in out
        assert keys.secret() not in out
        assert "INCOMPLETE: not everything could be read or asked about;" in out

    @pytest.mark.parametrize("text", ["nothing\n", keys.key_id()], ids=["nothing", "an ID alone"])
    def test_the_extra_is_not_needed_when_nothing_is_asked(
        self, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "botocore", None)
        (tmp_path / "a").write_text(text)
        assert cli.main(["scan", str(tmp_path), "--verify", "--fail-on", "high"]) == 0

    def test_an_interruption_keeps_what_is_known(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
    ) -> None:
        from keyguard.verify import threads  # noqa: PLC0415 - what is tested

        def interrupted(*_: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(threads, "each", interrupted)
        (tmp_path / "a").write_text(TEXT)
        assert cli.main(["scan", str(tmp_path), "--verify", "-fjson"]) == 130
        (found,) = json.loads(capfd.readouterr().out)["findings"]
        assert (found["status"], found["triage"]["reason"]) == ("unknown", "interrupted")


class TestEndpoints:
    """Where a user may let it ask."""

    @pytest.mark.parametrize(
        "option",
        [
            pytest.param(["--sts-endpoint", "http://sts.example.org"], id="no TLS"),
            pytest.param(["--sts-endpoint", "ftp://127.0.0.1"], id="no HTTP"),
            pytest.param(["--sts-endpoint", "https://user@example.org"], id="with a user"),
            pytest.param(["--sts-endpoint", "https://example.org/path"], id="with a path"),
            pytest.param(["--sts-endpoint", "example.org"], id="no URL"),
            pytest.param(["--iam-endpoint", "http://localhost.example.org"], id="IAM"),
            pytest.param(["--region", "us-iso-east-1"], id="not on the internet"),
            pytest.param(["--region", "evil.example/us-east-1"], id="no region"),
        ],
    )
    def test_refused(self, option: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "a").write_text("nothing\n")
        assert cli.main(["scan", str(tmp_path), "--verify", *option]) == 2
        assert option[1] in capfd.readouterr().err

    def test_the_next_region_is_asked_when_the_key_is_unknown(self) -> None:
        regions: list[str] = []

        def reply(_: int, headers: dict[str, str], __: bytes) -> Reply:
            regions.append(headers["Authorization"].split("/")[2])
            return (
                identity("arn:aws-cn:iam::123456789012:user/a")
                if len(regions) > 1
                else error("InvalidClientTokenId")
            )

        with Fault(reply) as server:
            report = ask(server.url, regions=("eu-west-1", "cn-north-1"))
        assert regions == ["eu-west-1", "cn-north-1"]
        assert report.findings[0].identity == "arn:aws-cn:iam::123456789012:user/a"

    def test_a_session_of_another_partition_is_asked_about_there_first(self) -> None:
        regions: list[str] = []

        def reply(_: int, headers: dict[str, str], __: bytes) -> Reply:
            regions.append(headers["Authorization"].split("/")[2])
            return error("InvalidClientTokenId")

        one = findings.session(region="cn-northwest-1")
        own = findings.finding(region="eu-west-1")
        with Fault(reply) as server:
            verified(findings.report(one), QUICK._replace(sts_endpoint=server.url))
            verified(findings.report(own), QUICK._replace(sts_endpoint=server.url))
        assert regions == ["cn-north-1", "us-east-1", "us-east-1"]

    def test_what_is_no_region_has_no_say(self) -> None:
        one = findings.session(region="evil.example/us-east-1")
        with Fault(lambda *_: identity()) as server:
            report = verified(findings.report(one), QUICK._replace(sts_endpoint=server.url))
        assert report.findings[0].status == "active"


def certificate(folder: Path, host: str) -> tuple[str, str]:
    """A self-signed certificate for ``host``, and its key."""
    from cryptography import x509  # noqa: PLC0415 - slow, and for two tests
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 - likewise
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - likewise

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = dt.datetime.now(dt.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(now).not_valid_after(now + dt.timedelta(days=1))
    built = built.add_extension(address, critical=False)
    built = built.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    (folder / "cert.pem").write_bytes(
        built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    form = serialization.PrivateFormat.PKCS8
    plain = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(plain)
    return str(folder / "cert.pem"), str(folder / "key.pem")


class TestEnvironment:
    """Proxies and CA bundles of the environment are honoured."""

    def run(self, where: Path, url: str, **variables: str) -> dict[str, Any]:
        """The one finding, of a scan in a process of its own."""
        (where / "a").write_text(TEXT)
        done = subprocess.run(
            [sys.executable, "-m", "keyguard", "scan", "a", "--verify", "--sts-endpoint", url, "-fjson"],
            cwd=where,
            env=without_proxies() | variables,
            capture_output=True,
            check=False,
        )
        found: dict[str, Any] = json.loads(done.stdout)["findings"][0]
        return found

    @pytest.fixture
    def tls(self, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
        """A server with a certificate that only it knows: its address, and the certificate."""
        cert, key = certificate(tmp_path, getattr(request, "param", "127.0.0.1"))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cert, key)
        with Fault(lambda *_: identity(), context) as server:
            yield server.url, cert

    def test_a_certificate_that_is_not_trusted(self, tls: tuple[str, str], tmp_path: Path) -> None:
        found = self.run(tmp_path, tls[0])
        assert found["status"] == "unknown"
        assert "is not trusted" in found["triage"]["reason"]

    @pytest.mark.parametrize(
        "name", ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"]
    )
    def test_a_bundle(self, tls: tuple[str, str], tmp_path: Path, name: str) -> None:
        assert self.run(tmp_path, tls[0], **{name: tls[1]})["status"] == "active"

    @pytest.mark.parametrize("tls", ["127.0.0.2"], indirect=True)
    def test_a_certificate_of_somebody_else(self, tls: tuple[str, str], tmp_path: Path) -> None:
        assert self.run(tmp_path, tls[0], AWS_CA_BUNDLE=tls[1])["status"] == "unknown"

    def test_a_bundle_that_is_not_there(self, tls: tuple[str, str], tmp_path: Path) -> None:
        found = self.run(tmp_path, tls[0], AWS_CA_BUNDLE="/nowhere/ca.pem")
        assert found["triage"]["reason"] == "the CA bundle /nowhere/ca.pem does not exist"

    def test_a_server_without_tls(self, tmp_path: Path) -> None:
        with Fault(lambda *_: identity()) as server:
            found = self.run(tmp_path, server.url.replace("http://", "https://"))
        assert found["status"] == "unknown"
        assert server.seen == []

    def test_a_proxy(self, tmp_path: Path) -> None:
        with Fault(lambda *_: identity()) as proxy:
            found = self.run(tmp_path, "http://127.0.0.1:9", HTTP_PROXY=proxy.url, http_proxy=proxy.url)
        assert (found["status"], len(proxy.seen)) == ("active", 1)

    def test_no_proxy(self, tmp_path: Path) -> None:
        with Fault(lambda *_: identity()) as proxy, Fault(lambda *_: identity()) as server:
            found = self.run(tmp_path, server.url, http_proxy=proxy.url, no_proxy="127.0.0.1")
        assert (found["status"], len(proxy.seen), len(server.seen)) == ("active", 0, 1)

    @pytest.mark.parametrize(
        "answer", [(407, HTML, b"<html>who are you</html>"), None], ids=["refuses", "hangs up"]
    )
    def test_a_proxy_that_does_not_let_through(self, tmp_path: Path, answer: Reply | None) -> None:
        word = "of-the-proxy"
        with Fault(lambda *_: answer) as proxy:
            url = proxy.url.replace("127.", f"user:{word}@127.")
            found = self.run(tmp_path, "https://127.0.0.1:9", https_proxy=url)
        assert found["status"] == "unknown"
        assert "proxy" in found["triage"]["reason"]
        assert word not in json.dumps(found)
