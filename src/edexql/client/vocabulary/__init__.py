"""The lists of names that eDEx gives, as a vocabulary file.

lists        the words of a list, whatever form it has
update       what the four lists say, as a vocabulary file
differences  what is different between two vocabularies
"""
