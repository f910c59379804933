"""The user's files: find, read, and replace them without losing a byte."""
