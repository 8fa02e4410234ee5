"""The terminal UI: a conversation, what is believed, and the curve.

It shows what `triage` works out, and works out nothing itself.
"""
