"""From the user's statements to calls of the operators: one file per kind of statement."""
