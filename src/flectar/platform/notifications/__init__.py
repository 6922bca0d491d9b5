"""Who is told of what: a bell in the dashboard, a mail at once, or one quiet mail in the morning.

Words: a *kind* is something that happens (a new booking); a *channel* is a way to be told; a *notification* is a line
behind one person's bell. Apps declare their kinds and call `tell`; people choose in the settings. Start at kinds.py,
then telling.py.
"""
