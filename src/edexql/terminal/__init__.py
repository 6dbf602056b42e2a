"""What commands and the prompt write with.

diagnostics   which rendering, which stream, whether in colour
progress      how far something is
cells         text in the cells of a terminal
signals       what a terminal sends to a process
"""
