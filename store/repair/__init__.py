"""Put a damaged store right, as far as that can be proven."""
