"""How a figure is shown: its chart, its sentence, its files. Nothing here computes over rows."""
