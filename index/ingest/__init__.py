"""Sources and submissions → the index: what is new, changed or gone, and what is left out."""
