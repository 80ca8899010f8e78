"""Staging of loops."""
