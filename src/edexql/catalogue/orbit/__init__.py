"""The orbit of the spacecraft: its positions, and when the fields that follow from them are in a range.

knots          an orbit as positions once a minute, in chunks, and their bytes
interpolation  the position at every second between knots; positions at any times to knots
propagation    element sets to knots by SGP4, with the age of the set that each comes from
fields         what a position gives, and how far that can stray between two positions
crossings      when a field is in a range, exactly to the second
nodes          when a field is in a range, by lines between values every ten seconds
"""
