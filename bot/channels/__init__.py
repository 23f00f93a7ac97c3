"""Channels: how people reach us and we them. One file per channel, one line each in the registry."""
