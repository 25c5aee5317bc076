"""Hash passwords with argon2id, and say which ones are refused.

Knows nothing of accounts. The default parameters are the second recommendation of RFC 9106
(section 4): 3 passes over 64 MiB with 4 lanes.
"""

from __future__ import annotations

import base64
import secrets
import threading
import unicodedata
from dataclasses import dataclass

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from assistant.errors import PasswordRefused, TooManyAttempts

SHORTEST, LONGEST = 10, 256  # characters
_AT_ONCE = 2  # hashes computed at the same time: memory and cores stay with the answers
_MOST_WAITING = 8  # for a turn to hash; a flood must not take every thread of the server
_PATIENCE_S = 10.0
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what is mistaken when read out
_COMMON = frozenset(
    """
    1234567890 0123456789 0987654321 1111111111 0000000000 12345678910 123456789a a123456789
    password12 password123 password1234 passw0rd123 password12345 passwordpassword mypassword1
    qwertyuiop qwerty12345 qwerty123456 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc qazwsxedcrfv
    administrator admin12345 admin123456 adminadmin changeme123 changemenow welcome123
    welcome1234 welcome12345 letmein123 letmein1234 iloveyou123 maintenance maintenance1
    technician technician1 supervisor supervisor1 faultbook1 faultbook123 abcdefghij abc1234567
    abcd123456 sunshine123 football123 baseball123 superman123 princess123 computer123 internet123
    """.split()
)


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash costs: passes, memory in KiB, lanes."""

    passes: int = 3
    memory_kib: int = 65536
    lanes: int = 4


class Passwords:
    """Hashing with one cost."""

    def __init__(self, cost: Cost | None = None) -> None:
        """Use a cost; that of RFC 9106 if none is given."""
        cost = cost or Cost()
        self._hasher = PasswordHasher(
            time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes, type=Type.ID
        )
        self._turn = _Turn()
        # No password has this hash, and to find that out costs what any other costs.
        self._nobody = (
            f"$argon2id$v=19$m={cost.memory_kib},t={cost.passes},p={cost.lanes}"
            f"${_random_base64(16)}${_random_base64(32)}"
        )

    def hash(self, password: str) -> str:
        """The hash of a password with its parameters and its salt, as it is stored.

        Raises:
            TooManyAttempts: too many hashes are being computed.
        """
        with self._turn:
            return self._hasher.hash(_bytes_of(password))

    def is_right(self, stored: str, password: str) -> bool:
        """Tell whether a password has this hash. An empty hash is nobody's, and costs the same.

        Raises:
            TooManyAttempts: too many hashes are being computed.
        """
        with self._turn:
            try:
                return self._hasher.verify(stored or self._nobody, _bytes_of(password))
            except (VerificationError, InvalidHashError):
                return False

    def is_outdated(self, stored: str) -> bool:
        """Tell whether a hash was made with other parameters than new ones are."""
        return self._hasher.check_needs_rehash(stored)


def check_password(password: str, name: str) -> None:
    """Go on only with a password that an account may have.

    Raises:
        PasswordRefused: it is too short, too long, common, or holds the user's name.
    """
    folded = unicodedata.normalize("NFKC", password).casefold()
    if len(password) < SHORTEST or len(folded) < SHORTEST:
        raise PasswordRefused(
            f"A password has at least {SHORTEST} characters. Choose a longer one."
        )
    if len(password) > LONGEST:
        raise PasswordRefused(f"A password has at most {LONGEST} characters. Choose a shorter one.")
    if folded in _COMMON or len(set(folded)) < 4:
        raise PasswordRefused("This password is among the first that are guessed. Choose another.")
    if len(name) >= 4 and name.casefold() in folded:
        raise PasswordRefused("This password holds the user name. Choose another.")
    try:
        password.encode()
    except UnicodeEncodeError as error:
        raise PasswordRefused("This password holds no valid text. Choose another.") from error


def one_time_password() -> str:
    """A new password of 16 characters that can be read out; 79 bits."""
    groups = ["".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4)]
    return "-".join(groups)


class _Turn:
    """A turn to hash: few have one, few wait for one, and the rest are sent away."""

    def __init__(self) -> None:
        self._turns = threading.BoundedSemaphore(_AT_ONCE)
        self._places = threading.BoundedSemaphore(_AT_ONCE + _MOST_WAITING)

    def __enter__(self) -> None:
        if not self._places.acquire(blocking=False):
            raise TooManyAttempts(int(_PATIENCE_S))
        if not self._turns.acquire(timeout=_PATIENCE_S):
            self._places.release()
            raise TooManyAttempts(int(_PATIENCE_S))

    def __exit__(self, *_: object) -> None:
        self._turns.release()
        self._places.release()


def _bytes_of(password: str) -> bytes:
    # One password, however the keyboard composes its characters; a sign-in may send anything.
    text = unicodedata.normalize("NFKC", password[: LONGEST + 1])
    return text.encode("utf-8", errors="surrogatepass")


def _random_base64(length: int) -> str:
    return base64.b64encode(secrets.token_bytes(length)).decode().rstrip("=")
