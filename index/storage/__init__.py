"""One SQLite file, the truth, and the indexes derived from it: kept, checked, made anew."""
