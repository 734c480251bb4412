"""What the bot says, in its six languages, and answers laid out as Telegram HTML."""
