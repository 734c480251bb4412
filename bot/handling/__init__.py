"""What the bot does when somebody writes to it, presses a button or changes a chat."""
