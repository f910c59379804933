"""Claude Code: what it sends of a session."""
