"""The first page of a project, and the search over all of it.

Words: *today* is the day on the wall of the business; the *ribbon* is that day drawn by person; *attention* is what
somebody must act on; the *checklist* is what a new business still has to do. Start at views.py; each part of the page
is a module of its own and asks the apps below through their public functions.
"""
