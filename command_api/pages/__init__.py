"""Pages for people: each is one file of HTML, with scripts and styles beside it; nothing comes from elsewhere."""
