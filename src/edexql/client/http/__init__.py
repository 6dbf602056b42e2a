"""Requests and answers: sent with manners, kept in a folder where that is wanted, and answered from it.

session, manners      a session of requests, and how it behaves towards a service
limits                so many requests in all, so many connections to a host at once, so much time
recording, replaying  adapters that keep every exchange, and that answer with kept ones
notes                 an exchange as it is kept
problem               what is wrong with an exchange; errors of the network, kept and raised again
redaction             what is left out of requests, headers and bodies
"""
