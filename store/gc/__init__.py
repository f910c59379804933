"""Remove what no document needs."""
