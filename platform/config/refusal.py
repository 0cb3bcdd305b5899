"""Why something was not started."""


class Refusal(Exception):
    """One clear German sentence for whoever sits at the terminal; no traceback belongs to it."""
