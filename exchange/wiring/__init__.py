"""What the room hands to the floors below when the process starts, one file per family of nouns."""
