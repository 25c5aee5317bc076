"""Whom to ask where the documents do not answer: named experts, and questions forwarded to them."""
