"""Every byte kept on disk: blobs, packs, indexes, manifests, gc."""
