"""What a visitor chooses, and the times that are shown for it."""
