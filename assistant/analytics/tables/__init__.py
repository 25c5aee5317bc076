"""The table of a figure, and the tickets behind it."""
