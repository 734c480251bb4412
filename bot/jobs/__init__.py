"""What the bot does by itself every minute: take in, tell of what is new, correct what it said."""
