"""The chat under fire: real engines, real servers, real sockets, and whatever can break breaks.

``model`` says what must hold and finds what does not; ``crowd`` are people with browsers, in a process of their own;
``breaking`` are the faults; ``field`` is where all of it stands; ``run`` puts it together.
"""
