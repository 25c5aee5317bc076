"""Find secrets in a text and take them out.

It knows forms (our own tokens, what stands in headers, passwords in addresses, what is said to be a
password) and the values that this process was told of, such as those of the settings.
"""

from __future__ import annotations

import re

HIDDEN = "[removed]"
_SHORTEST = 6  # characters: a shorter "secret" such as "none" would eat words
_known: set[str] = set()

_WHOLE = re.compile(
    r"\bfb_[A-Za-z0-9_\-]{8,}"  # our tokens
    r"|\bsk-[A-Za-z0-9_\-]{12,}"  # keys of a remote language model
    r"|\beyJ[\w\-]{8,}\.[\w\-]{8,}\.[\w\-]*"  # a signed web token
)
_AFTER = re.compile(
    r"(?i)((?:\bauthorization[\"']?\s*[:=]\s*[\"']?(?:bearer|basic|digest|token)?\s*)"
    r"|(?:\bbearer\s+(?=\S*[\d._\-]))"
    r"|(?:\b(?:set-)?cookie[\"']?\s*[:=]\s*[\"']?(?:[\w.-]+=)?)"
    r"|(?:(?:__Host-)?\bfaultbook=)"
    r"|(?:\b(?:password|passwd|pwd|passwort|kennwort|api[_-]?key|client[_-]?secret|secret"
    r"|access[_-]?token|refresh[_-]?token|id[_-]?token)[\"']?\s*[:=]\s*[\"']?)"
    r"|(?:密码\s*[:：=]\s*))"
    r"([^\s\"',;&)}\]，。；]+)"
)
_ADDRESS = re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]*(?=@)")


def remove_secrets(text: str) -> str:
    """Return the text with ``[removed]`` in the place of each secret."""
    for secret in sorted(_known, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    text = _ADDRESS.sub(HIDDEN, text)
    text = _WHOLE.sub(HIDDEN, text)
    return _AFTER.sub(lambda match: match[1] + HIDDEN, text)


def know_secret(value: str) -> None:
    """Take a value out of every text from now on; one of less than 6 characters stays."""
    if len(value) >= _SHORTEST:
        _known.add(value)
