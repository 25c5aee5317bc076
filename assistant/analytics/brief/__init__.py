"""The written brief for a shift or a month: figures computed, wording checked against them."""
