"""What the command line shows: answers, runs and figures, for people and for programs."""
