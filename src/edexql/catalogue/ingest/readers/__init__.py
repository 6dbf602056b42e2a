"""The readers of the formats that a catalogue ingests, one module a format; `registry` has an entry for each.

availability   CAS availability text
celestrak      Kp, ap and F10.7 of CelesTrak's space weather data
elements       two-line element sets
ephemeris      CAS ephemeris text
gfz            Kp, ap, F10.7, Hp30 and Hp60 of GFZ Potsdam
iaga           indices in IAGA-2002
kyoto          Dst, AE, AL, AU and SYM-H of WDC Kyoto
listings       saved listings of folders
omm            orbit mean-elements messages
omni           OMNI, hourly, of five minutes and of one
sp3            SP3 orbits
tables         tables of spans and samples, as CSV or Parquet
"""
