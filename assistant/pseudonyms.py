"""Stable stand-ins for people before a text leaves this machine, and back.

A person is the same "Person 3f2a" in every text, so that a language model can tell people apart;
who it is cannot be told without the key, which lies in the home folder and never leaves it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from assistant.identifiers import identifiers
from assistant.names import Named, Roster, find_names
from index.language import narrow

KEY_FILE = "pseudonyms.key"
Kind = Literal["Person", "Contact"]
_KEY_LENGTH = 32
_DIGITS = 4


def read_key(home: Path) -> bytes:
    """Return the key of a home, made on first use; only its owner can read the file."""
    path = home / KEY_FILE
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        fresh = path.with_name(f"{KEY_FILE}.{secrets.token_hex(8)}")
        file = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(file, "wb") as out:
            out.write(secrets.token_bytes(_KEY_LENGTH))
            out.flush()
            os.fsync(out.fileno())
        try:
            os.link(fresh, path)  # of two processes the first one's key stays
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
        key = path.read_bytes()
    if len(key) != _KEY_LENGTH:
        raise ValueError(
            f"{path} is no key of {_KEY_LENGTH} bytes. Restore it, or move it away for a new one."
        )
    return key


class Pseudonyms:
    """Makes the stand-ins of one home."""

    def __init__(self, key: bytes, roster: Callable[[], Roster] = Roster) -> None:
        """Use a key and what gives the people that the plant knows at the time."""
        self._key = key
        self._roster = roster

    def ledger(self) -> Ledger:
        """A ledger for the texts of one request."""
        return Ledger(self._key, self._roster())


class Ledger:
    """Hides the people in the texts of one request and puts them back in what is answered."""

    def __init__(self, key: bytes, roster: Roster) -> None:
        self._key = key
        self._roster = roster
        self._shown: dict[str, str] = {}  # pseudonym -> what stood there
        self._of: dict[str, str] = {}  # person -> pseudonym

    def hide(self, text: str) -> str:
        """Return the text with a stand-in for each person, address and number of a person."""
        pieces: list[str] = []
        last = 0
        for named, kind in find_people(text, self._roster):
            original = text[named.start : named.end]
            pieces += [text[last : named.start], self._stand_in(kind, named.person, original)]
            last = named.end
        return "".join(pieces) + text[last:]

    def restore(self, text: str) -> str:
        """Return an answer with the names that stood where the stand-ins stand."""
        for pseudonym in sorted(self._shown, key=len, reverse=True):
            text = text.replace(pseudonym, self._shown[pseudonym])
        return text

    def _stand_in(self, kind: str, person: str, original: str) -> str:
        name = self._of.get(person)
        if name is None:
            digest = hmac.new(self._key, person.encode(), hashlib.sha256).hexdigest()
            length = _DIGITS
            name = f"{kind} {digest[:length]}"
            while name in self._shown:  # somebody else's already
                length += 2
                name = f"{kind} {digest[:length]}"
            self._of[person] = name
        if len(original) > len(self._shown.get(name, "")):
            self._shown[name] = original  # the fullest form says most
        return name


def find_people(text: str, roster: Roster) -> list[tuple[Named, Kind]]:
    """Where a text tells of people, from start to end; none overlap."""
    exact = identifiers(narrow(text))
    found: list[tuple[Named, Kind]] = [
        (Named(start, end, f"contact {_same(text[start:end])}"), "Contact") for start, end in exact
    ]
    found += [
        (named, "Person")
        for named in find_names(text, roster)
        if all(named.end <= start or named.start >= end for start, end in exact)
    ]
    return sorted(found, key=lambda item: item[0].start)


def _same(identifier: str) -> str:
    """One form for the spellings of an address or number."""
    return "".join(c for c in identifier.casefold() if c.isalnum() or c in "@+")
