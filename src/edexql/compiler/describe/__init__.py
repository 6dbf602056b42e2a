"""What a query asks for, for people.

sentence     a query as one English sentence
phrases      the phrases of that sentence: periods, ranges, names, lists
explanation  the sentence, and what became of each constraint: its number as written and as sent
"""
