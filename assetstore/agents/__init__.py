"""Threads of coding agents: find them, tell what ails them, bring them back."""
