"""A certificate that cannot be served is refused before anything is, with the reason."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.authority import Authority, Signed
from ui.certificates import CertificateRefused, check


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


def test_a_certificate_stands_for_its_names_as_they_are_written_in_an_address(
    authority: Authority,
) -> None:
    signed = authority.sign("faultbook.plant.example", "*.lan.example", "10.0.0.5", "fd00::1")
    found = check(signed.certificate, signed.key)
    assert found.names == ("faultbook.plant.example", "*.lan.example", "10.0.0.5", "[fd00::1]")


@pytest.mark.parametrize("name", ["*", "f*.example"])
def test_a_name_that_would_stand_for_every_host_is_left_out(
    authority: Authority, name: str
) -> None:
    signed = authority.sign("faultbook.plant.example", name)
    assert check(signed.certificate, signed.key).names == ("faultbook.plant.example",)


@pytest.mark.parametrize(("days", "is_soon"), [(29, True), (31, False)])
def test_an_end_within_thirty_days_is_soon(authority: Authority, days: int, is_soon: bool) -> None:
    signed = authority.sign("plant.example", ends=timedelta(days=days))
    assert check(signed.certificate, signed.key).ends_soon(datetime.now(UTC)) == is_soon


def _refusal(certificate: Path, key: Path) -> str:
    with pytest.raises(CertificateRefused) as refused:
        check(certificate, key)
    return str(refused.value)


def test_a_certificate_that_has_ended_or_not_begun_is_refused(authority: Authority) -> None:
    over = authority.sign("plant.example", begins=timedelta(days=-9), ends=timedelta(days=-1))
    ended = datetime.now(UTC) - timedelta(days=1)
    assert _refusal(over.certificate, over.key).startswith(
        f"{over.certificate} ended on {ended:%Y-%m-%d}. Renew it"
    )
    early = authority.sign("plant.example", begins=timedelta(days=1))
    assert "Check the clock" in _refusal(early.certificate, early.key)


def test_a_key_of_another_certificate_is_refused(authority: Authority) -> None:
    one, other = authority.sign("plant.example"), authority.sign("plant.example")
    words = _refusal(one.certificate, other.key)
    assert words.startswith(f"{other.key} is not the key of {one.certificate}.")


def test_a_chain_in_the_wrong_order_is_refused(authority: Authority, tmp_path: Path) -> None:
    signed = authority.sign("plant.example")
    whole = authority.certificate.read_bytes() + signed.certificate.read_bytes()
    (tmp_path / "chain.crt").write_bytes(whole)
    words = _refusal(tmp_path / "chain.crt", signed.key)
    assert "the server's certificate stands first in its file" in words


def test_a_key_that_is_locked_by_a_password_is_refused_with_a_remedy(
    authority: Authority,
) -> None:
    signed = authority.sign("plant.example", password=b"secret")
    words = _refusal(signed.certificate, signed.key)
    assert f"openssl pkey -in {signed.key} -out server.key" in words


@pytest.mark.parametrize("content", [b"", b"x" * 100, b"-----BEGIN CERTIFICATE-----\nxx\n"])
def test_what_is_no_certificate_or_no_key_is_refused(
    authority: Authority, tmp_path: Path, content: bytes
) -> None:
    signed = authority.sign("plant.example")
    (rubbish := tmp_path / "rubbish.pem").write_bytes(content)
    assert "holds no certificate in PEM" in _refusal(rubbish, signed.key)
    assert "holds no private key in PEM" in _refusal(signed.certificate, rubbish)


def test_files_in_the_wrong_order_are_refused(authority: Authority) -> None:
    signed: Signed = authority.sign("plant.example")
    assert "certificate first and its key second" in _refusal(signed.key, signed.certificate)


def test_a_file_that_is_not_there_is_named(authority: Authority, tmp_path: Path) -> None:
    signed = authority.sign("plant.example")
    gone = tmp_path / "gone.crt"
    assert _refusal(gone, signed.key).startswith(f"{gone} cannot be read: No such file")
    assert _refusal(signed.certificate, tmp_path).startswith(f"{tmp_path} cannot be read: Is a dir")
