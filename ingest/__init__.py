"""Files and tables in, knowledge out. Knows nothing of language models and screens."""
