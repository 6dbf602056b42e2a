"""Pictures for people, each made as a value of panels and shapes, and drawn as SVG, as PNG and in characters.

model      panels, axes and what is in them
style      the roles of what is drawn, and their colours
svg, png, text   how a drawing is drawn
picture    a picture as those get it who ask for one
time_axis  ticks of an axis of time
timeline   when files exist and match, and when instruments had data
"""
