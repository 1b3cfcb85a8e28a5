"""What leaves of a disclosure: rows of its scope, with what its legal basis allows of them.

Whatever the basis does not reveal is masked or left out, and counted with its reason.
"""
