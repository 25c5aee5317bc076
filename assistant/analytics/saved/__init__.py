"""Figures that people keep: by a name, on a dashboard, made anew by a schedule."""
