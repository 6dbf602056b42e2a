"""The command line, which composes the faces.

main         which command is meant, and what its end means to the shell
completion   what a shell asks when the tab key is pressed
repl         `edexql repl`, which starts the prompt
serve        `edexql serve`, which starts the service
"""
