"""Questions with drawn numbers, by subject, and what an answer is worth."""
