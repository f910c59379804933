"""Deflate streams, bit for bit as the common encoders write them.

Source of the format: RFC 1951. These encoders are slow; they serve where the
platform's compressor writes other bytes than the one that a stream came from.
"""
