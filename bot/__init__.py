"""Clipdesk on Telegram: it talks to `index` only through its public names."""
