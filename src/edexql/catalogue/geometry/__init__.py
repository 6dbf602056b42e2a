"""Coordinate systems: from times and positions to coordinates.

frames         TEME, Earth-fixed, geodetic and GEI J2000; the direction of the Sun
dipole         centred-dipole coordinates, which those of the archive seem to be
quasi_dipole   quasi-dipole coordinates, from a grid made at release time
aacgm          AACGM-v2, by its package
stations       ground stations, from public lists
"""
