"""A question in a supervisor's own words becomes a query, or is asked back with choices."""
