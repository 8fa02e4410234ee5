"""Training scripts, read and never run -> what they state of the setup, with file and line."""
