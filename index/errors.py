"""Errors of the index package.

    KnowledgeError
    ├── HomeError            the home folder cannot be used (newer version, in use, not writable)
    ├── ModelFileError       a model file is missing or is not the file that it should be
    ├── CacheError           a cache cannot be read; it is rebuilt from SQL
    ├── FileChanged          a file was written while it was copied
    ├── VectorsMissing       texts that are to be stored lost their vectors meanwhile
    ├── StatusRefused        a revision cannot be given this status now
    ├── DocumentUnknown      no document or revision has this number
    ├── CorrectionRefused    a document cannot be given this field or value
    ├── AliasUnknown         no such name of an asset, or a text cannot be one
    ├── TicketUnknown        no such ticket, or several of one number
    ├── ExclusionRefused     a ticket cannot be taken out of the figures so, or is not out
    ├── TermUnknown          no such term in the dictionary, or two texts cannot be one
    ├── AssetUnknown         no asset of the register has this tag
    └── NotAllowed           the role of the user does not allow this

Every message says what happened, names the thing and says what to do.
"""

from __future__ import annotations

from collections.abc import Sequence


class KnowledgeError(Exception):
    """Base of all errors that a caller of this package can act on."""


class HomeError(KnowledgeError):
    """The home folder cannot be used."""


class ModelFileError(KnowledgeError):
    """A model file is missing or damaged."""


class StatusRefused(KnowledgeError):
    """A revision cannot be given this status; the message says what stands against it."""


class CorrectionRefused(KnowledgeError):
    """A document cannot be given this field or value."""


class DocumentUnknown(KnowledgeError):
    """There is no such document, or the user may not see it."""


class CacheError(KnowledgeError):
    """A cache is unreadable; the caller rebuilds it."""


class FileChanged(KnowledgeError):
    """A file was written while it was copied."""


class VectorsMissing(KnowledgeError):
    """A deletion took vectors that a document was to use; the caller embeds its texts again."""


class AliasUnknown(KnowledgeError):
    """There is no such name of an asset, or a text cannot be one."""


class TicketUnknown(KnowledgeError):
    """There is no such ticket, or the user may not see it, or several have its number."""


class ExclusionRefused(KnowledgeError):
    """A ticket cannot be taken out of the figures so, or it is not out of them."""


class TermUnknown(KnowledgeError):
    """There is no such term in the dictionary, or two texts cannot be one."""


class NotAllowed(KnowledgeError):
    """The role of the user does not allow what was asked for."""


class AssetUnknown(KnowledgeError):
    """An asset tag is not in the register."""

    def __init__(self, tag: str, nearest: Sequence[str]) -> None:
        hint = f" Nearest tags: {', '.join(nearest)}." if nearest else ""
        super().__init__(
            f"No asset has the tag {tag!r}.{hint} "
            "Import the asset register with 'faultbook assets import FILE', or leave the asset out."
        )
        self.tag = tag
        self.nearest = tuple(nearest)
