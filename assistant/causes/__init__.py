"""The causes of an answer: what speaks for and against each, and what to check next."""
