"""Verify safety messages: each as it is printed, and none left out of what it guards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.citations import CitationList
from assistant.energy_words import is_lockout_title
from assistant.energy_work import work_on_energy
from assistant.lockout_text import MOST_SECTIONS, is_of_sections
from assistant.messages import Citation, SafetyNotice
from assistant.verifying.cited import Cited
from assistant.verifying.verbatim import is_same
from index.corpus import SafetyMessage

_CHANGED = "not the safety message as it is printed"


def is_notice(notice: SafetyNotice, cited: Cited) -> bool:
    """Tell whether a notice is a stored message, word for word under its signal word."""
    fault = cited.fault(notice.marker, is_manual=True)
    if not fault:
        citation = cited.citations[notice.marker]
        known = cited.stored.safety(citation.revision_id)
        is_known = any(
            is_same(citation.quote, one.text) and _is_message(notice, one) for one in known
        )
        if not is_known and notice.signal == "lockout":
            is_known = _is_lockout_section(notice, citation, cited)
        fault = None if is_known else _CHANGED
    return cited.keeps(notice.text, fault)


def _is_lockout_section(notice: SafetyNotice, citation: Citation, cited: Cited) -> bool:
    """Tell whether a lockout block is the section that it cites, and those that continue it."""
    if citation.chunk_id is None:
        return False
    chunk = cited.stored.chunks([citation.chunk_id]).get(citation.chunk_id)
    if chunk is None:
        return False
    ordinals = range(chunk.section, chunk.section + MOST_SECTIONS + 1)
    sections = [cited.stored.section(chunk.revision_id, ordinal) for ordinal in ordinals]
    return is_of_sections(notice.text, sections)


def left_out(
    markers: Iterable[int],
    closing: Iterable[int],
    shown: Sequence[SafetyNotice],
    cited: Cited,
    safety: CitationList,
) -> tuple[list[SafetyNotice], list[Citation]]:
    """The messages that guard what is shown and are not there, to be put back, each flagged.

    Args:
        markers: of what is shown to be done.
        closing: of what is to be verified after the work; its lockout is that of the work.
        shown: the messages that are there.
        cited: what the answer cites.
        safety: an empty list that makes the citations.
    """
    notices: list[SafetyNotice] = []
    citations: list[Citation] = []
    marker = max((one.marker for one in cited.answer.citations), default=0)
    if cited.answer.status == "refused":
        return [], []
    wanted = cited.stored.guards(chunk.chunk_id for chunk in cited.chunks(markers))
    after = cited.stored.guards(chunk.chunk_id for chunk in cited.chunks(closing))
    wanted += [one for one in after if one[1].signal != "lockout"]
    wanted += _lockout(shown, cited)
    for revision_id, message in wanted:
        document = cited.stored.document(revision_id)
        if document is None or any(_is_message(one, message) for one in (*shown, *notices)):
            continue
        marker += 1
        title = cited.stored.section_title(revision_id, message.section)
        own = safety.cite_safety(document, message, title)
        citation = next(one for one in safety.all() if one.marker == own)
        citations.append(citation.model_copy(update={"marker": marker}))
        notices.append(
            SafetyNotice(
                signal=message.signal,
                text=message.text,
                language=message.language,
                marker=marker,
            )
        )
        cited.remove(message.text.split("\n")[0], "a safety message was left out; put back")
    return notices, citations


def _lockout(shown: Sequence[SafetyNotice], cited: Cited) -> Iterable[tuple[int, SafetyMessage]]:
    """The lockout block of what is worked on, where work on energy is shown and no block is."""
    if any(one.signal == "lockout" for one in shown):
        return
    for marker in dict.fromkeys(work_on_energy(cited.answer)):
        citation = cited.citations.get(marker)
        if citation is None or is_lockout_title(citation.section):
            continue
        for message in cited.stored.safety(citation.revision_id):
            if message.signal == "lockout" and is_lockout_title(message.text.split("\n", 1)[0]):
                yield citation.revision_id, message
                return


def _is_message(notice: SafetyNotice, message: SafetyMessage) -> bool:
    return notice.signal == message.signal and is_same(notice.text, message.text)
