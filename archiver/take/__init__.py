"""Take payloads out: decode, find their dialect, store them."""
