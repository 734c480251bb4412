"""What is asked of Telegram: sent, edited, and what its errors mean."""
