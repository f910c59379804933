"""From the store to documents: every byte back, or media out as files."""
