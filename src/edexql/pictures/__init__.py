"""Pictures for people: of when instruments had data.

bins  a timeline cut into equal bins
text  the picture in characters
svg   the picture as SVG
png   the picture as PNG, made from the SVG
"""
