"""The doctor: checks a function set and its cloud against what the code relies on, and says how to mend it."""
