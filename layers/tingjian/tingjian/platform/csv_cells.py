"""Cells of CSV files that somebody opens in a spreadsheet. Pure."""

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""Full-width signs among them, which a Chinese spreadsheet takes for the narrow ones."""


def safe_cell(value: object) -> str:
    """The cell as a text. One that begins like a formula would be run; an apostrophe before it keeps it a text."""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(FORMULA_STARTS) else text
