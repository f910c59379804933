"""Where a store's files live: a folder, memory, later an object store."""
