"""Codex: what it sends of a rollout."""
