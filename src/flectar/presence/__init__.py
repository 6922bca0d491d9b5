"""How a business is seen: its public site."""
