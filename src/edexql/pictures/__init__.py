"""Pictures for people: of when instruments had data, on a terminal, as SVG and as PNG."""
