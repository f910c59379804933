"""Archive embedded media into a deduplicated, content-addressed store."""
