"""One cost each."""
