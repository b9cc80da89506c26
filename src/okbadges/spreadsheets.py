"""Rows of CSV as people's spreadsheet programs write and read them: separators, encodings, and no formula ever handed on."""
