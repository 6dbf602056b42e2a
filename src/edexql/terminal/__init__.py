"""What commands and the prompt write with: diagnostics for people, colour, progress, signals."""
