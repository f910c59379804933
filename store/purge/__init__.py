"""Take blobs out of a store for good."""
