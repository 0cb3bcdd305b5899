"""A chat as the tutorial of Django Channels builds it, with what it leaves to the reader: people, rooms, storing.

One socket per room and person, a group of the Redis layer for each room, one INSERT per message in the one thread of
``database_sync_to_async``, JSON. It is what this product is measured against (``python -m tests.bench.chat``).
"""
