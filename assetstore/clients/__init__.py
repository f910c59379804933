"""Coding agents: how their logs are told and read, and what they keep beside them."""

# Where their formats are, for the registry: "module:attribute".
FORMATS = (
    "assetstore.clients.codex_format:CODEX",
    "assetstore.clients.claude_code_format:CLAUDE_CODE",
)
