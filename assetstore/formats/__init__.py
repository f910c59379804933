"""Formats of documents: what in one is a payload, and what may stand in its place."""
