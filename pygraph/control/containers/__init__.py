"""Lists, keys, ranges and NumPy arrays of which a graph has the items."""
