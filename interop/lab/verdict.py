"""How a case ends other than by passing."""


class Skipped(Exception):
    """A case cannot run here; the message says what is missing and how to get it."""


class Failed(Exception):
    """What a case found is not what it expected; the message says both."""


def expect(what, found, expected):
    if found != expected:
        raise Failed(f"{what}: {found} (expected: {expected})")
