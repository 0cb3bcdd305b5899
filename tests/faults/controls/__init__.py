"""What must fail: four chats that lack one thing each, tried in the same way and judged by the same checker.

If one of them passed, the proof would prove nothing. ``python -m tests.faults.controls NAME`` prints what was found.
"""
