"""The configuration: one TOML file of the user's, and one in a project."""
