"""People: members of staff, and the teams and departments they work in."""
