"""Check by code that what an answer shows as fact stands in the passages that it cites."""
