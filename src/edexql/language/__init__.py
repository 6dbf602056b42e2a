"""Text, and nothing of eDEx: sources and spans, tokens, the parser, the syntax tree, the formatter, diagnostics."""
