"""Judged questions → how often the right thing is cited, and refusing is right."""
