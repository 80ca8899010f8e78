"""What a variable is where ways meet: its form, joined from those that it has on each of them."""
