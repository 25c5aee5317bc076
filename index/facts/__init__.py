"""Facts: what the plant's tickets say as narrow rows of typed columns, for counting over them."""
