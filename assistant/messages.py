"""What an answer consists of, and the events in which it arrives.

These models are the JSON that ``ask --json``, the turn log and exports hold; their shapes are
stable. Times are seconds. Coordinates are PDF points from the lower left corner of the page.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from assistant.repairs.message import Repairs
from index.code_search import CodeStatus
from index.corpus import DocumentKind, SignalWord

AnswerStatus = Literal[
    "grounded", "partial", "needs_clarification", "unsupported", "refused", "record"
]
"""``record``: the question is about the plant's record, over which a figure is computed."""


class Message(BaseModel):
    """Base of all models here: immutable, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PageBox(Message):
    """A rectangle on a page."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


class Citation(Message):
    """Where a piece of the answer stands. ``quote`` is verbatim."""

    marker: int = Field(description="the number in square brackets beside the cited text")
    chunk_id: int | None = Field(description="None for a safety message, which is no chunk")
    revision_id: int
    document: str
    document_number: str
    kind: DocumentKind
    revision: str
    page: int
    locator: str = Field(description="ticket number where there is one, else 'p. N'")
    section: str
    quote: str
    boxes: tuple[PageBox, ...] = ()
    content_hash: str = Field("", description="of the file; ids change when knowledge is rebuilt")
    site: str | None = Field(default=None, description="that saw the document when it was cited")
    groups: tuple[str, ...] = Field(
        default=(), description="that saw it then; all, where there are none"
    )


class CodeCard(Message):
    """What the documents say about a code or part number; no language model is involved."""

    code: str
    kind: Literal["alarm", "part"]
    device: str
    component: str
    meaning: str
    causes: tuple[str, ...]
    remedies: tuple[str, ...]
    is_exact: bool = Field(description="whether the question spelled the code as it is printed")
    marker: int


class SafetyNotice(Message):
    """A warning or lockout block, verbatim."""

    signal: SignalWord
    text: str
    language: str
    marker: int
    translation: str = Field(
        default="", description="by the language model, verified; the text is what counts"
    )


class Step(Message):
    """A step of a cited procedure, verbatim, in the order of the source."""

    number: str
    text: str
    marker: int


class Ground(Message):
    """A sentence for or against a cause: of a document, of the report, or what a check found."""

    origin: Literal["document", "report", "check"]
    text: str = Field(description="verbatim; of a check, what was found, by whom and when")
    words: tuple[str, ...] = Field(default=(), description="what report and sentence share")
    marker: int | None = Field(default=None, description="of the document's sentence")
    key: str = Field(default="", description="of the cause or symptom that was checked")


CauseState = Literal["open", "found", "in_order"]


class Cause(Message):
    """A possible cause with what to do about it, both verbatim from the cited row or sentence.

    ``note`` is the language model's reason for the ranking, already verified, or None.
    """

    text: str
    remedy: str
    symptom: str
    marker: int
    note: str | None = None
    key: str = Field(default="", description="names the cause in every answer of a conversation")
    symptom_key: str = Field(default="", description="names its symptom likewise")
    speaks_for: tuple[Ground, ...] = ()
    speaks_against: tuple[Ground, ...] = ()
    state: CauseState = Field(default="open", description="what a check of it found")


class NextCheck(Message):
    """The check that separates the open causes best; ``text`` is verbatim."""

    kind: Literal["cause", "symptom"]
    key: str = Field(description="of the cause or the symptom that it decides")
    text: str
    cause: str = Field(default="", description="the cause that it looks for, verbatim")
    marker: int
    why: str = Field(description="why it stands first, in the language of the question")


class ServiceCheck(Message):
    """What a cited section ends with: to be verified before the machine returns to service.

    ``causes`` are the keys of the causes whose remedy names the section; none where the steps of
    the answer are its. ``safety`` guards the section and stands above its sentences.
    """

    section: str
    sentences: tuple[Step, ...]
    safety: tuple[SafetyNotice, ...] = ()
    causes: tuple[str, ...] = ()


class PartNeeded(Message):
    """A spare part that a shown remedy or step names."""

    part_no: str
    name: str
    marker: int


class Quote(Message):
    """A sentence or table row that answers, verbatim; a row carries its header."""

    text: str
    header: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    section: str
    marker: int


class SimilarTicket(Message):
    """A past ticket."""

    ticket_id: str
    asset: str
    reported_at: str | None
    title: str
    cause: str
    resolution: str
    downtime_min: float | None
    parts: tuple[str, ...] = ()
    uid: str = Field(default="", description="its system and number: what it is known by")
    site: str | None = Field(default=None, description="that saw the ticket when it was found")
    groups: tuple[str, ...] = Field(
        default=(), description="that saw it then; all, where there are none"
    )


class DisagreementSide(Message):
    """What one source says. A document is cited by its marker, a ticket by its number."""

    value: str = Field(description="number with its unit")
    quote: str = Field(description="the row or sentence, or what was done, verbatim")
    source: str = Field(description="name of the document with its revision, or of the ticket")
    date: str = Field(default="", description="ISO 8601; empty where the source has none")
    marker: int | None = None
    ticket_id: str | None = None


class Disagreement(Message):
    """A value on which two sources of the machine disagree; the older stands first."""

    subject: str = Field(description="what the value is of, as a source names it")
    sides: tuple[DisagreementSide, ...]


class Nearest(Message):
    """A place in the documents that is near to the question and does not answer it."""

    kind: Literal["code", "section"]
    text: str = Field(description="the code, or the heading of the section")
    marker: int


class WhomToAsk(Message):
    """A person who is asked where the documents do not answer; an empty class is any machine."""

    user: str
    name: str
    asset_class: str


class Removed(Message):
    """What verification took out of the language model's output, and why."""

    text: str
    reason: str


class Sent(Message):
    """Where the text of a question went for the language model."""

    host: str = Field("", description="who got it; empty while it stayed on this machine")
    passages: int = Field(0, description="passages that a remote model was allowed to get")
    withheld: int = Field(0, description="passages that must not leave and were not shown to it")
    withheld_from: str = Field("", description="the host from which text was withheld, if any was")

    @property
    def place(self) -> str:
        """Where the text went, in words."""
        return f"sent to {self.host}" if self.host else "on this machine"

    @property
    def note(self) -> str:
        """What was not sent, in words; empty where nothing was withheld."""
        if not self.withheld:
            return ""
        count = f"{self.withheld} of {self.passages + self.withheld} passages"
        return f"{count} {'was' if self.withheld == 1 else 'were'} not sent to {self.withheld_from}"


class Timings(Message):
    """Seconds since the question came in."""

    evidence_s: float
    first_item_s: float | None = None
    total_s: float


class Answer(Message):
    """A whole answer."""

    question: str
    searched_as: str | None = Field(
        default=None,
        description="the translation that was searched for, if the question was translated",
    )
    status: AnswerStatus
    code_status: CodeStatus
    asset: str | None
    message: str = Field(description="what to tell where there is no diagnosis; may be empty")
    message_sources: tuple[str, ...] = Field(
        default=(), description="content hashes of documents that the message tells of"
    )
    is_withheld: bool = Field(
        default=False, description="whether it cites what the reader may not see any more"
    )
    is_degraded: bool = Field(description="whether the answer stands on evidence alone")
    degraded_reason: str = ""
    notice: str = Field(
        default="",
        description="what is waited for while the answer is made; empty in one that is whole",
    )
    code_cards: tuple[CodeCard, ...] = ()
    safety: tuple[SafetyNotice, ...] = ()
    causes: tuple[Cause, ...] = ()
    first_check: str | None = None
    procedure: str = Field("", description="title of the section that the steps come from")
    steps: tuple[Step, ...] = ()
    parts: tuple[PartNeeded, ...] = ()
    quotes: tuple[Quote, ...] = ()
    missing: str | None = None
    next_check: NextCheck | None = Field(
        default=None, description="found by code; ``first_check`` is the language model's"
    )
    service_checks: tuple[ServiceCheck, ...] = ()
    gaps: tuple[str, ...] = Field(
        default=(), description="what is missing to be sure, found by code"
    )
    reported: str = Field(
        default="", description="what was told besides the question; not searched for"
    )
    language: str = Field(
        default="en", description="in which Faultbook speaks: that of the question"
    )
    nearest: tuple[Nearest, ...] = Field(
        default=(), description="where the documents do not answer: what is nearest to look at"
    )
    expert: WhomToAsk | None = Field(
        default=None, description="whom to ask, where the documents do not answer"
    )
    is_lockout_missing: bool = Field(
        default=False,
        description="whether it works on energy and no document of the machine has a lockout block",
    )
    disagreements: tuple[Disagreement, ...] = ()
    similar_tickets: tuple[SimilarTicket, ...] = ()
    repairs: Repairs | None = Field(
        default=None, description="what fixed it before; None where no past ticket matches"
    )
    citations: tuple[Citation, ...] = ()
    removed: tuple[Removed, ...] = ()
    searched_documents: int = 0
    left_out: int = Field(
        default=0, description="causes that did not fit the language model's window"
    )
    model: str | None = None
    prompt_sha256: str | None = None
    sent: Sent | None = Field(
        default=None, description="None where no language model was asked for"
    )
    knowledge_sequence: int = 0
    timings: Timings

    @property
    def is_supported(self) -> bool:
        """Whether the documents or tickets answer, if only in part: an order can be made of it."""
        return self.status in ("grounded", "partial")

    @property
    def can_be_ranked(self) -> bool:
        """Whether there are causes for a language model to order."""
        return self.is_supported and len(self.causes) > 1

    def citation(self, marker: int) -> Citation:
        """The citation with this marker."""
        return next(citation for citation in self.citations if citation.marker == marker)


class EvidenceReady(Message):
    """Everything that needs no language model: the answer as it stands without one."""

    kind: Literal["evidence"] = "evidence"
    answer: Answer


class CauseVerified(Message):
    """A cause that the language model ranked, closed and verified; they come in ranked order."""

    kind: Literal["cause"] = "cause"
    cause: Cause


class AnswerReady(Message):
    """The whole answer; the last event of a turn."""

    kind: Literal["answer"] = "answer"
    answer: Answer


class TurnFailed(Message):
    """The turn ended without an answer; ``message`` says why and what to do."""

    kind: Literal["failed"] = "failed"
    message: str


AnswerEvent = Annotated[
    EvidenceReady | CauseVerified | AnswerReady | TurnFailed, Field(discriminator="kind")
]
