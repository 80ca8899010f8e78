"""Functions that call themselves where a tensor decides whether."""
