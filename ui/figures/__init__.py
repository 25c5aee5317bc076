"""The tab of figures over the plant's record, and the routes that give them as files."""
