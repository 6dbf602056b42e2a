"""Statements in the notation of other languages, and what to write in their place."""
