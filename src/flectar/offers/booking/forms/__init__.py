"""HTML in."""
