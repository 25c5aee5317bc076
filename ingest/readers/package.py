"""The parts of an office file and what relates them (Open Packaging Conventions)."""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from ingest.errors import UnreadableDocument
from ingest.readers.archive import parse_xml, read_entry

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
DC = "{http://purl.org/dc/elements/1.1/}"
CP = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"

# The strict form of the standard uses names of its own for the same elements.
_STRICT = tuple(
    (f"http://purl.oclc.org/ooxml/{strict}".encode(), f"http://schemas.openxmlformats.org/{usual}".encode())
    for strict, usual in (
        ("wordprocessingml/main", "wordprocessingml/2006/main"),
        ("drawingml/main", "drawingml/2006/main"),
        ("drawingml/wordprocessingDrawing", "drawingml/2006/wordprocessingDrawing"),
        ("officeDocument/relationships", "officeDocument/2006/relationships"),
        ("officeDocument/math", "officeDocument/2006/math"),
    )
)  # fmt: skip
_TITLE_NOISE = ("untitled", "document", "presentation", "microsoft word", "powerpoint", "slide")


@dataclass(frozen=True, slots=True)
class Properties:
    """What a file states about itself outside its text."""

    title: str = ""
    language: str = ""
    others: tuple[str, ...] = ()


class Package:
    """An office file: XML parts by name, found by the relations between them.

    A part that is missing is an empty one where a document can do without it: real files point to
    pictures and styles that some program left out.
    """

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        self.path = path
        self._archive = archive
        self._names = {name.lower().lstrip("/"): name for name in archive.namelist()}

    def xml(self, name: str) -> etree._Element | None:
        """Return the root of a part, or None where there is none of that name."""
        entry = self._names.get(name.lower().lstrip("/"))
        if entry is None:
            return None
        data = read_entry(self._archive, entry)
        if b"purl.oclc.org/ooxml" in data[:8192]:
            for strict, usual in _STRICT:
                data = data.replace(strict, usual)
        return parse_xml(data, f"{self.path}: {entry}")

    def relations(self, name: str) -> list[tuple[str, str, str]]:
        """Return id, kind (the last word of its type) and target of what a part relates to.

        Targets outside the file are left out.
        """
        folder, base = posixpath.split(name)
        root = self.xml(posixpath.join(folder, "_rels", f"{base}.rels"))
        related: list[tuple[str, str, str]] = []
        for relation in root if root is not None else ():
            target = relation.get("Target") or ""
            if relation.get("TargetMode") == "External" or not target:
                continue
            whole = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
            kind = (relation.get("Type") or "").rsplit("/", 1)[-1]
            related.append((relation.get("Id") or "", kind, whole))
        return related

    def main_part(self, fallback: str) -> tuple[str, etree._Element]:
        """Return name and root of the part that holds the document itself.

        Raises:
            UnreadableDocument: there is none.
        """
        names = [target for _, kind, target in self.relations("") if kind == "officeDocument"]
        for name in (*names, fallback):
            root = self.xml(name)
            if root is not None:
                return name, root
        raise UnreadableDocument(
            f"{self.path} holds no {fallback}, so it is not what its ending says. "
            "Open it in the program that made it and save it again."
        )

    def properties(self) -> Properties:
        """Return what the core properties state; a title that a program put in is left out."""
        names = [target for _, kind, target in self.relations("") if kind == "core-properties"]
        root = self.xml(names[0] if names else "docProps/core.xml")
        if root is None:
            return Properties()
        texts = {str(child.tag): " ".join((child.text or "").split()) for child in root}
        title = texts.get(f"{DC}title", "")
        language = texts.get(f"{DC}language", "")[:2].lower()
        named = (f"{DC}subject", f"{DC}description", f"{CP}keywords", f"{CP}category")
        return Properties(
            title="" if is_noise(title) else title,
            language=language if language.isalpha() else "",
            others=tuple(texts[name] for name in named if texts.get(name)),
        )


def is_noise(title: str) -> bool:
    """Whether a title says nothing: empty, put in by a program, or the name of a file."""
    plain = title.casefold().strip()
    plain = plain.rstrip("0123456789 .-_()")
    return (
        not plain
        or plain in _TITLE_NOISE
        or plain
        in ("powerpoint presentation", "powerpoint-präsentation", "dokument", "文档", "title")
        or plain.startswith("microsoft word -")
        or plain.endswith((".doc", ".docx", ".ppt", ".pptx", ".dot", ".dotx", ".html", ".indd"))
    )
