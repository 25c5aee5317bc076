"""The certificate that a server shows: whether it can be used, and for which names it stands."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from assistant.errors import AssistantError

SOON = timedelta(days=30)


class CertificateRefused(AssistantError):
    """A certificate or its key cannot be used to serve."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that fits its key and holds today."""

    names: tuple[str, ...]
    """As in an address: ``plant.example``, ``10.0.0.5``, ``[fd00::1]``, ``*.plant.example``."""
    ends_at: datetime

    def ends_soon(self, now: datetime) -> bool:
        """Tell whether it must be renewed within 30 days."""
        return self.ends_at - now < SOON


def check(certificate: Path, key: Path, now: datetime | None = None) -> Certificate:
    """Look at a certificate (PEM, followed by those between it and the authority) and its key.

    Raises:
        CertificateRefused: they cannot be read, do not belong together, or do not hold now.
    """
    now = now or datetime.now(UTC)
    first = _certificate(certificate)
    spki = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    try:
        is_match = first.public_key().public_bytes(*spki) == _public_key(key, spki)
    except (UnsupportedAlgorithm, ValueError) as error:
        raise CertificateRefused(
            f"{certificate} is of a kind that cannot be served. Use RSA or ECDSA."
        ) from error
    if not is_match:
        raise CertificateRefused(
            f"{key} is not the key of {certificate}. Give the key that the request for the "
            "certificate was made with; the server's certificate stands first in its file."
        )
    begins, ends = first.not_valid_before_utc, first.not_valid_after_utc
    if now > ends:
        raise CertificateRefused(
            f"{certificate} ended on {ends:%Y-%m-%d}. Renew it, and start again."
        )
    if now < begins:
        raise CertificateRefused(
            f"{certificate} holds from {begins:%Y-%m-%d %H:%M} UTC on. Check the clock, or wait."
        )
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        raise CertificateRefused(
            f"{certificate} cannot be served: {error.reason or error}. Make another."
        ) from error
    return Certificate(_names(first), ends)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CertificateRefused(
            f"{path} cannot be read: {error.strerror}. Check the path and who may read it."
        ) from error


def _certificate(path: Path) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificates(_read(path))[0]
    except ValueError as error:
        raise CertificateRefused(
            f"{path} holds no certificate in PEM. It begins with '-----BEGIN CERTIFICATE-----'; "
            "give the certificate first and its key second."
        ) from error


def _public_key(
    path: Path, spki: tuple[serialization.Encoding, serialization.PublicFormat]
) -> bytes:
    try:
        key = serialization.load_pem_private_key(_read(path), password=None)
    except TypeError as error:
        raise CertificateRefused(
            f"{path} is locked by a password, which a server cannot type. Write it without: "
            f"openssl pkey -in {path} -out server.key"
        ) from error
    except ValueError as error:
        raise CertificateRefused(
            f"{path} holds no private key in PEM. It begins with '-----BEGIN PRIVATE KEY-----'; "
            "give the certificate first and its key second."
        ) from error
    return key.public_key().public_bytes(*spki)


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()  # browsers look at no other field
    hosts = [
        name
        for name in found.get_values_for_type(x509.DNSName)
        if "*" not in name.removeprefix("*.")
    ]
    addresses = found.get_values_for_type(x509.IPAddress)
    return (*hosts, *(written(str(each)) for each in addresses))


def written(host: str) -> str:
    """A host as it stands in an address: IPv6 in brackets."""
    try:
        return f"[{host}]" if ipaddress.ip_address(host).version == 6 else host
    except ValueError:
        return host
