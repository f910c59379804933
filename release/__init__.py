"""Makes a release: notes, version, artefacts (docs/releasing.md)."""
