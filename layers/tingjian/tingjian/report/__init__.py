"""The wing of reports: every event is kept in the lake, and every figure is counted from there."""
