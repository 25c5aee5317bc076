"""Names of causes and symptoms that hold in every answer of a conversation (pure).

They are made of what the document says, so that the same row of another answer has the same.
"""

from __future__ import annotations

import hashlib
import unicodedata

from assistant.messages import Cause, Citation


def cause_key(cause: Cause, citation: Citation) -> str:
    """The key of a cause: 16 hexadecimal digits."""
    return _key(citation, citation.quote, cause.text, cause.remedy)


def symptom_key(cause: Cause, citation: Citation) -> str:
    """The key of a cause's symptom, the same for all causes of its row; empty without one."""
    return _key(citation, citation.quote, cause.symptom, "symptom") if cause.symptom else ""


def _key(citation: Citation, *parts: str) -> str:
    named = (citation.document_number or citation.document, *parts)
    folded = ("".join(unicodedata.normalize("NFKC", part).casefold().split()) for part in named)
    return hashlib.sha256("\0".join(folded).encode("utf-8", "replace")).hexdigest()[:16]
