"""Diagnostics as people and programs read them, one rendering a file."""
