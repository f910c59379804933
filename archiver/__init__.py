"""From documents to the store: find payloads, archive them, splice placeholders."""
