"""Where the spacecraft was, and every field that follows from that.

frames, inertial        coordinates of a place: of date, Earth-fixed, geodetic, and GEI J2000
propagation             two-line element sets to knots, with the age of the set that each comes from
resampling              positions at any times to knots
knots, packing          an orbit as positions once a minute, in chunks, and their bytes
lagrange                the position at every second between knots
fields, bounds          what a position gives, and how far that can stray between two positions
crossings, sampled      when a field is in a range: exactly, or by lines between values every ten seconds
sun, dipole             where the Sun is; centred-dipole coordinates, which the archive's own seem to be
magnetic, quasi_dipole  AACGM-v2 by its package; quasi-dipole coordinates from a grid made at release time
extras                  optional packages, imported late
"""
