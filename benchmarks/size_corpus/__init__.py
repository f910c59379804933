"""The pictures that sizes are measured on."""
