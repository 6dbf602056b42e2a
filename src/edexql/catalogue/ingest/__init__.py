"""Readers of the formats that a catalogue takes in, one a format, and the order in which they are asked."""
