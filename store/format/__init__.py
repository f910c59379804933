"""What lies in a store and in documents, byte for byte: layout in docs/format.md."""
