"""Configuration files -> what they state of the setup, with file and line."""
