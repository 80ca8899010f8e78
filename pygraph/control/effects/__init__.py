"""What happens in program order when a graph runs: prints, exceptions, requirements."""
