"""What a query asks for, for people.

sentence     a query as one English sentence
phrases      the phrases of that sentence: periods, ranges, names, lists
explanation  the sentence, and what became of each constraint: its number as written and as sent
form         products, constraints with their values, and the logic as a flat tree: what the tabs of a page show
form_logic   the nodes of that tree
"""
