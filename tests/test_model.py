"""A secret shows itself to nobody by accident."""

from __future__ import annotations

import copy
import json
import pickle
import traceback

import findings
import keys
import pytest

from keyguard.model import Secret

VALUE = keys.secret(7)


@pytest.mark.parametrize(
    "show",
    [
        pytest.param(repr, id="repr"),
        pytest.param(str, id="str"),
        pytest.param(lambda secret: f"{secret}", id="format"),
        pytest.param(lambda secret: f"{secret!r:>80}", id="format of repr"),
        pytest.param(lambda secret: f"{secret:>80}", id="format with a width"),
        pytest.param(lambda secret: "%s" % secret, id="percent"),  # noqa: UP031 - the form under test
        pytest.param(lambda secret: repr([secret, {"a": secret}]), id="inside a container"),
        pytest.param(lambda secret: pickle.dumps(secret).decode("latin-1"), id="pickle"),
        pytest.param(lambda secret: pickle.dumps(secret, 0).decode("latin-1"), id="old pickle"),
    ],
)
def test_nothing_shows_the_value(show: object) -> None:
    assert callable(show)
    shown = show(Secret(VALUE.encode()))
    assert VALUE not in shown
    assert VALUE[4:12] not in shown


def test_a_traceback_does_not_show_it() -> None:
    secret = Secret(VALUE.encode())
    try:
        json.dumps(secret)
    except TypeError as error:
        shown = "".join(traceback.format_exception(error))
    assert VALUE not in shown


def test_it_survives_pickling_and_copying() -> None:
    secret = Secret(VALUE.encode())
    assert pickle.loads(pickle.dumps(secret)) == secret == copy.deepcopy(secret)
    assert pickle.loads(pickle.dumps(secret)).reveal() == VALUE.encode()


def test_it_does_not_change() -> None:
    secret = Secret(VALUE.encode())
    with pytest.raises(AttributeError):
        secret._value = b"other"  # type: ignore[misc]  # noqa: SLF001 - the attempt is the test


def test_masked_shows_four_characters() -> None:
    assert Secret(VALUE.encode()).masked() == VALUE[:4] + "*" * 12


def test_a_finding_shows_no_secret() -> None:
    finding = findings.finding()
    assert finding.secret is not None
    assert finding.secret.reveal().decode() not in repr(finding)
    assert finding.secret.reveal().decode() not in str(finding._asdict())
