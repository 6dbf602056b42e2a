"""What a catalogue has at large, for those who choose what to ask of it.

counts        files of each product, and of each day
distribution  how often a field has which values
moments       moments spread over the times at which a field has values
"""
