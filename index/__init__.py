"""What is known and how it is found. Knows nothing of language models and screens."""
