"""Small numpy networks that really train, each with one fault: the histories of tests/data and the truth about them."""
