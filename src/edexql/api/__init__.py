"""The functions that other tools call. `import edexql` gives them by name, each imported when it is first used.

queries   compile, check, parse, format, explain, complete, decompile; the vocabulary and the grammar
engines   what eDEx or a catalogue answers: fetch, evaluate, influence, why, timeline, availability
pictures  the same drawn: timeline, track, dial, panels, availability
delivery  files downloaded, unpacked, requested by mail
"""
