"""What the questions over the sample plant's record come to, worked out without the engine.

Each question has a function of its own, from the definitions of
assistant/analytics/catalogue.toml.
"""

from tests import record_oracle_amounts, record_oracle_tickets, record_oracle_upkeep
from tests.record_answers import ORACLE, Answer
from tests.record_plant import Plant

__all__ = [
    "ORACLE",
    "Answer",
    "answer_to",
    "record_oracle_amounts",
    "record_oracle_tickets",
    "record_oracle_upkeep",
]


def answer_to(plant: Plant, question: str, place: int = 0) -> Answer:
    """The answer to a question, in one of its meanings; most of them come to the same."""
    return ORACLE.get(f"{question}.{place}", ORACLE[question])(plant)
