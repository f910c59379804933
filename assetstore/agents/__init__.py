"""Coding agents: how their logs are told and read, what they send, what breaks them."""

# Where their formats are, for the registry: "module:attribute".
FORMATS = (
    "assetstore.agents.codex.format:CODEX",
    # Before Claude Code, whose records have some of what theirs have, too.
    "assetstore.agents.session_logs:PI",
    "assetstore.agents.session_logs:GEMINI_CLI",
    "assetstore.agents.session_logs:QWEN_CODE",
    "assetstore.agents.session_logs:KIMI_CLI",
    "assetstore.agents.session_files:CONTINUE",
    "assetstore.agents.session_files:CLINE_COMPACTED",
    "assetstore.agents.session_files:CLINE",
    "assetstore.agents.claude_code.format:CLAUDE_CODE",
    "assetstore.agents.copilot_cli:COPILOT_CLI",
    "assetstore.agents.copilot_chat:COPILOT_CHAT",
    "assetstore.agents.cline:CLINE_UI",
    "assetstore.agents.opencode:OPENCODE",
    "assetstore.agents.open_webui:OPEN_WEBUI",
    "assetstore.agents.crush:CRUSH",
    "assetstore.agents.zed:ZED",
)
