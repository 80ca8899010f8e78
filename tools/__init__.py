"""What builds the core; also used by setup.py."""
