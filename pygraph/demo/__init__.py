"""`python -m pygraph demo`: three real jobs, each checked and timed against NumPy and Python."""
