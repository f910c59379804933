"""Find payloads: where they begin, where they end, whether they are whole."""
