"""A certificate authority as a plant has one, and certificates that it signs."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True)
class Signed:
    """A certificate and its key, as files in PEM."""

    certificate: Path
    key: Path


class Authority:
    """Signs certificates; ``certificate`` is what browsers are given to trust it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example Plant Root CA")])
        now = datetime.now(UTC)
        own = (
            x509.CertificateBuilder()
            .subject_name(self._name)
            .issuer_name(self._name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=365))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.certificate = folder / "ca.crt"
        self.certificate.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def sign(
        self,
        *names: str,
        begins: timedelta = timedelta(hours=-1),
        ends: timedelta = timedelta(days=90),
        password: bytes = b"",
    ) -> Signed:
        """A certificate for names and addresses, from and until so long after now."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "faultbook")])
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + begins)
            .not_valid_after(now + ends)
        )
        if names:
            shown = x509.SubjectAlternativeName([_general(name) for name in names])
            builder = builder.add_extension(shown, critical=False)
        signed = Signed(
            self._folder / f"server-{key.private_numbers().private_value % 10**9}.crt",
            self._folder / f"server-{key.private_numbers().private_value % 10**9}.key",
        )
        certificate = builder.sign(self._key, hashes.SHA256())
        signed.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        lock = (
            serialization.BestAvailableEncryption(password)
            if password
            else serialization.NoEncryption()
        )
        form = serialization.PrivateFormat.PKCS8
        signed.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, lock))
        return signed


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
