"""What a person asks, and when a text is a question at all."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.errors import QuestionRejected
from assistant.redaction import remove_secrets

LONGEST_QUESTION = 4000  # characters


@dataclass(frozen=True, slots=True)
class Ask:
    """A question with what it is asked about; ``use_model`` False keeps to the evidence.

    ``asset`` was chosen by the person who asks. ``asset_in_mind`` comes from the conversation; a
    question that names a machine of its own leaves it behind. ``reported`` was told beside it: it
    is weighed for and against causes, and not searched for. ``conversation`` is the id of the one
    that it belongs to, empty for a question that stands alone.
    """

    question: str
    asset: str | None = None
    use_model: bool = True
    asset_in_mind: str | None = None
    reported: str = ""
    conversation: str = ""


def check_question(text: str) -> str:
    """Return the question without surrounding space, and without passwords and tokens.

    Raises:
        QuestionRejected: it is empty or too long.
    """
    question = remove_secrets(text.strip())
    if not any(map(str.isalnum, question)):
        raise QuestionRejected("The question is empty. Say what the machine shows or does.")
    if len(question) > LONGEST_QUESTION:
        raise QuestionRejected(
            f"The question has {len(question):,} characters, more than {LONGEST_QUESTION:,}. "
            "Shorten it to what the machine shows or does; a file is ingested as a document."
        )
    return question
