"""Estimates and how sure they are: pure functions of counts and times, no SQL, no plant."""
