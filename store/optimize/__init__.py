"""Code what a store holds smaller."""
