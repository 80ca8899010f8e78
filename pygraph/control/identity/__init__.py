"""Which object a variable holds where a tensor decides that, and the names that objects share."""
