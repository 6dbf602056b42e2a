"""A compiled request as text for other programs, one form a file."""
