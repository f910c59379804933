"""The jobs that `assetstore run` does by itself, and what is known of past runs."""
