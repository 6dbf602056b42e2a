"""A simulated mission of a realistic shape: the same for the same seed, and never to be shown as a real one.

orbit          the orbit of CASSIOPE as it decayed, from a formula
ephemeris      position, magnetic coordinates and eclipse at every second
attitude       yaw, pitch, roll and their accuracy at every second, with dropouts
sessions       when each instrument ran, in which modes, and for which experiments
archive        the files that such sessions would have left
indices        Kp, ap, F10.7, Dst, the interplanetary field and the solar wind
mission        all of it as facts, and put into a catalogue

`mission.fill` marks it as synthetic in the catalogue.
"""
