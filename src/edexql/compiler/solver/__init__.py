"""What a query can and cannot mean, decided by a SAT solver.

A moment has a time, one value of every field, and says of every other constraint whether it holds.

axes        what a constraint is about (time, a field), and the part of that axis that it admits
operands    the operands of a logic
encoding    logic and axes as clauses, with a budget of steps
sat         the SAT solver (CDCL)
circuit     a logic as gates, from which operands can be taken one by one
analysis    one query: never met, always met, parts without effect
comparison  two queries: equal, narrower, wider, overlapping, disjoint
witness     a moment that shows a difference
rewrites    smaller forms of a logic, each proved
parametric  constraints whose meaning changes with the day or a parameter
places      where in the text the operands stand
"""
