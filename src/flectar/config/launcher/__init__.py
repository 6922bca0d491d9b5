"""Starts an installation: the embedded database (cluster), its roles (bootstrap), and everything together (supervisor).

Nothing here imports Django: the supervisor lives as long as the installation and must stay small.
"""
