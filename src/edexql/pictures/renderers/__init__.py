"""How a drawing is drawn: as SVG, as PNG and in characters.

style   the roles of what is drawn: colours on light and on dark ground, strokes, signs
svg     a drawing as SVG
png     that turned into points
text    a drawing in characters
"""
