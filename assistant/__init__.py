"""The application: a turn from question to verified answer, records, work orders."""
