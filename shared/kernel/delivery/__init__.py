"""How events reach those who handle them: partitions and places, retry and parking, lag; alike for everybody."""
