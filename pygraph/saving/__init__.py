"""Saving functions as program files and loading them again, here or in a C++ program."""

from pygraph.saving.program import Program, Programs, load, save

__all__ = ["Program", "Programs", "load", "save"]
