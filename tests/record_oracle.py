"""What the questions over the sample plant's record come to, worked out without the engine.

Each question has a function of its own, from the definitions of
assistant/analytics/catalogue.toml.
"""

from tests import record_oracle_amounts, record_oracle_tickets, record_oracle_upkeep
from tests.record_answers import ORACLE, Answer

__all__ = [
    "ORACLE",
    "Answer",
    "record_oracle_amounts",
    "record_oracle_tickets",
    "record_oracle_upkeep",
]
