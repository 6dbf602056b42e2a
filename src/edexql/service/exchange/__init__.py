"""Requests and answers: sent with manners, kept in a folder where that is wanted, and answered from it.

session, manners      a session of requests, and what it is held to
budget                so many requests in all, so many connections to a host at once
recording, replaying  adapters that keep every exchange, and that answer with kept ones
notes, nearest        an exchange as it is kept; which kept one is nearest to what was asked
passing, failures     bodies on their way through; errors of the network, kept and raised again
problem               what is wrong with an exchange that is not the network's doing
redaction, masking    what is left out of requests and headers; addresses hidden in bodies as they come
"""
