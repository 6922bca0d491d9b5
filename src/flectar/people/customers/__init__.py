"""The people a business serves: who they are, how to reach them, what was noted, where they came from.

Words: a *customer* is a person or a company of one project; an *email* belongs to one customer only, a *phone* may be
shared by a family; *archived* customers leave the lists but keep their history.

Start at directory.py (find, create, change), then models.py. Importing reads as a line of pure steps:
tabular.py (bytes to rows) -> columns.py (which column says what) -> people.py (rows to people) -> importing.py
(people into the database).
"""
