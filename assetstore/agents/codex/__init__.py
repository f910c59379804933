"""Codex: how its rollouts are told, what lies beside them, what it sends."""
