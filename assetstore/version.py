"""The version, written down: asking the installed metadata for it costs 50 ms."""

__version__ = "0.1.0"
