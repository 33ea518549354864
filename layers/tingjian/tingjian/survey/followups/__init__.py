"""Follow-ups: the task that a low score opens."""
