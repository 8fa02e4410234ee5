"""`Diagnosis` -> words and pictures."""
