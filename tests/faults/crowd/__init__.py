"""People with browsers, in a process of their own: they behave as ``platform/handbook/chat.md`` tells clients to."""
