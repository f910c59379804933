"""Rows of SQLite databases as documents: a column's values, a line each."""
