"""What NumPy and other libraries call on tensors."""
