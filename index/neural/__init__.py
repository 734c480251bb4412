"""The networks: text → vectors, question × passage → does it answer; and how it is taught."""
