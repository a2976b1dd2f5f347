"""The one kind of error that a user is meant to read."""


class ConvscopeError(Exception):
    """Something the user gave, or asked for, cannot be used.

    The message is one plain sentence or two: what is wrong and what to do. Pages and the command
    line show it as it is, without a traceback.
    """
