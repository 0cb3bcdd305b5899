"""The addresses of the room, one file per family of nouns."""
