"""What customers and the team are told."""
