"""Threads kept in a store: their clients may delete them, and they come back."""
