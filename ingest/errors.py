"""Errors of the ingest package.

    IngestError
    ├── UnreadableDocument    the file is missing, damaged, encrypted or not what its name says
    ├── UnsupportedFormat     no reader for this kind of file
    ├── EmptyDocument         nothing that can be searched is in it
    ├── IngestCancelled       somebody cancelled it
    ├── UnreadableTable       a ticket table has no column that can be recognised
    └── UnreadablePlant       a file about the plant holds something that cannot be understood

Every message says what happened, names the file and says what to do.
"""

from __future__ import annotations


class IngestError(Exception):
    """Base of all errors that concern one file; the rest of a run goes on."""


class UnreadableDocument(IngestError):
    """The file cannot be read."""


class UnsupportedFormat(IngestError):
    """There is no reader for this file."""


class EmptyDocument(IngestError):
    """The file holds nothing that can be searched."""


class IngestCancelled(IngestError):
    """The file was given up because a person said so."""


class UnreadableTable(IngestError):
    """A table of tickets or assets cannot be understood."""


class UnreadablePlant(IngestError):
    """A file about the plant cannot be understood."""
