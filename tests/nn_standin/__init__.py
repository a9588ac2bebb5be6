"""A stand-in for the object `nn~`, for tests only: `host` is its contract, `pd` makes real Pure Data use it.

`nn~` itself may not be distributed with this package. This is written anew from what was measured of it
in headless Pure Data, shares no code with it, and is no replacement: it computes elsewhere and waits.
"""
