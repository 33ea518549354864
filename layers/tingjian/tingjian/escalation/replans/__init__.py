"""Planning running clocks anew, when a policy or a calendar changed."""
