"""What a query can and cannot mean, decided by a solver and not by trying.

A moment has a time, one value of every field, and says of every other constraint whether it holds. `axes` says which
of these a constraint is about, `solver` and `circuit` put a logic over them to a SAT solver, `examining` asks it about
one query, `comparing` about two, `simplifying` about a smaller form of one.
"""
