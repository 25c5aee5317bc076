"""What fixed it here: similar past tickets, counted by cause and by what was done."""
