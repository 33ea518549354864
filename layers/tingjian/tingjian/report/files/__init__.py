"""The files of a report: a page, a spreadsheet, a table of rows."""
