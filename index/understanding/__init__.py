"""Question → query: the outlets and times it names, what a follow-up leaves out."""
