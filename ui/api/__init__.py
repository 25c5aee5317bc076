"""The HTTP API /api/v1: the same knowledge and the same checks as the screens."""
