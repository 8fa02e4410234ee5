"""Triage for coding agents: a server of the Model Context Protocol over standard input and output.

The tools are plain functions over a `Desk` of running sessions and know nothing of the protocol; `server` alone does.
"""
