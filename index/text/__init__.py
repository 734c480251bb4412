"""Text, whoever wrote it: decoded, cut into sentences and passages, told apart by its terms."""
