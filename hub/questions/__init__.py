"""The questions people ask of history: trends, how long something was so, what was used, who came when."""
