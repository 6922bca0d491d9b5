"""What a business shows: its public site."""
