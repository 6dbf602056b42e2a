"""Requests and answers: sent within limits, recorded in a folder, and replayed from it.

session       a session of requests, and the name that services are given
limits        so many requests in all, so many connections to a host at once, so much time
request       one request and its whole answer, asked again where that helps
connections   connections that can be cut, and heads of answers
certificates  whose certificates are believed
recording     an adapter that keeps every exchange
replay        an adapter that answers with kept ones
exchange      an exchange as it is kept
redaction     what is left out of requests, headers and bodies
errors        what is wrong with an exchange; errors of the network, kept and raised again
"""
