"""Copies of archived documents for the eye: with their pictures, without scripts."""
