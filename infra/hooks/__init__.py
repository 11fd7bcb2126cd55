"""What azd calls before and behind its own work, in whichever shell it has."""
