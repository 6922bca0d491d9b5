"""Base templates, components, template tags and built assets. No business words."""
