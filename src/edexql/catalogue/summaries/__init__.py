"""What a catalogue has at large, for those who choose what to ask of it.

counts        files of each product, and of each day
"""
