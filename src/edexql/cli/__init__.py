"""The command line: which command is meant, what its end means to the shell, completion of shells."""
