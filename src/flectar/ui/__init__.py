"""The look: base pages, components, template tags and the built assets. No business words. README.md lists it all."""
