"""The verbs of the prompt alone. `options.session` is the session."""
