"""Files that people upload: what they are, how they are cleaned, where they lie, how they are handed out.

Nothing here knows who may see a file: rooms decide that, and name a file by its key.
"""
