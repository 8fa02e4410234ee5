"""Weights and data -> the outcome of checks that the program carries out itself."""
