"""Whom a business deals with: its customers."""
