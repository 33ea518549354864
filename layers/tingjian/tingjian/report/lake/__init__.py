"""The lake: events as they come, compacted into columns that reports are counted from."""
