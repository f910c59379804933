"""What each kind of document is, as far as its bytes tell."""
