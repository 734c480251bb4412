"""What the bot must not forget, in one database, and what a chat wants to be forgotten."""
