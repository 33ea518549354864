"""That the service answers, and where its reference is."""
