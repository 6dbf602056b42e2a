"""Where the spacecraft was, and every field that follows from that.

frames, inertial   coordinates of places: of date, Earth-fixed, geodetic, and GEI J2000
propagation        two-line element sets to knots, with the age of the set that each comes from
knots, lagrange    an orbit as positions once a minute: stored small, known at every second
fields, bounds     what a position gives, and how far that can stray between two positions
crossings          exactly when a field is in a range
magnetic           magnetic coordinates, each system by its name
quasi_dipole       quasi-dipole coordinates, from a grid made at release time
extras             optional packages, imported late
"""
