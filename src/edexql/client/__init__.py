"""eDEx over the network. It knows requests and answers, and nothing of the terminal."""
