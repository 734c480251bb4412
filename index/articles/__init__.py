"""Files and pages → articles: read, cleaned and checked, and known again under another id."""
