"""Flectar Base: one platform on which a small business runs everything it shows and sells online."""
