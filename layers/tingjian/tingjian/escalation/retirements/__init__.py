"""Retiring a team, a person or a type: what points at it is shown, and goes elsewhere in the same step."""
