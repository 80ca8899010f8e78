"""Benchmarks: ratios against named peers, measured side by side. ``python -m bench`` runs them."""
