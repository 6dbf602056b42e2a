"""Pictures for people, each made as a value of panels and shapes, and drawn as SVG, as PNG and in characters.

model       panels, axes and what is in them
renderers/  how a drawing is drawn: SVG, PNG, characters
picture     a picture as those get it who ask for one
kinds       every kind of picture of a query, by name
scene       what a picture of a query shows: from when to when, what exists and matches
timeline    when files exist and match, and when instruments had data
track       the ground track on a map
dial        magnetic latitude against magnetic local time
panels      indices and orbit over time
samples     the samples of a field that a panel shows
trajectory  what track and dial share
time_axis   ticks of an axis of time
seams       lines of values that go round
earth       the coast line, and where it is night
"""
