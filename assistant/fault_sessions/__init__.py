"""Fault sessions: what a conversation keeps besides its turns, and how the next shift gets it."""
