"""Claude Code: how its sessions are told, and what it sends of them."""
