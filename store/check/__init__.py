"""Check a store: its structure, and every byte."""
