"""Views of the dashboard's lists that people keep: a query with a name, for themselves or for the whole team.

Words: a *list* is an index of ui/index.py, known by its key; a *view* is what its address asks for; the *first view*
is the one that a person's list opens with. Start at saved.py.
"""
