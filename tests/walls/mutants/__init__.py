"""Mutants of the two walls: each rule broken once, to see that a test notices. ``python -m tests.walls.mutants``."""
