"""Public sites: one published page per project, compiled to bytes and served from memory.

The words: a *skin* is a preset of a theme's tokens, a *drawing* stands in for a photo, an *artifact* is one stored
answer (path and bytes), an *edition* is the number that grows by one with each publish. Start at `publish.py` for how
a page comes to be, at `front.py` for how it is served.
"""
