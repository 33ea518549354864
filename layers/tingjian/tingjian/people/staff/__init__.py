"""People, teams and departments."""
