"""Take secrets out of text: rules of our own, each with its source."""
