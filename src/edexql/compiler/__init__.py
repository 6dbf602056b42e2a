"""From a syntax tree to a query, from a query to what eDEx takes, and back.

request          the compiled request; the whole way from text to it
resolve          syntax tree to query: names, values, numbers of constraints
values, periods, ranges, parameters, expressions, digit_groups   the parts of that
long_lists       the same for long lists of periods, and where the constraints of a long text stand
moments          a day or time that an option names
lower            query to the dictionary that eDEx takes
elements         a constraint, or its opposite, as elements of the dictionary
residual         times of day, which the dictionary cannot say
lift, decompile  dictionary to query and to text
parameter_texts, scripts   the dictionaries in JSON, notebooks and scripts
canonical        query to text
query_text       the same for queries of any origin, checked by reading the text again
query_parts      what the parts of such a query may be
query_json       a query as plain data, and back
build            queries made of Python values: `field("kp") >= 5`
fixes            which fixes are certain
lint/            warnings about a query
solver/          what a query can mean: the proofs of warnings, compare and simplify
editing/         edits of a query's text, at the prompt
completion/      what can stand at the cursor
describe/        a query in English, and what became of each constraint
notation/        statements in other notations, and what to write instead
targets          what a query is compiled to: dictionary, curl, Python, text
"""
