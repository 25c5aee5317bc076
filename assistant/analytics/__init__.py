"""Questions over the plant's record: a typed query, a figure computed by SQL, its explanation."""
