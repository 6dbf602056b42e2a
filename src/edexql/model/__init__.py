"""Meaning, and nothing of text: queries, constraints, logic, periods and ranges, the vocabulary."""
