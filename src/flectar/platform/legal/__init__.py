"""What the platform promises and asks: terms, privacy, cookies, processors, the data agreement; and letters to whoever
runs it.

A *document* has *versions*: a file for each and language under `texts/`, never changed once in force (`documents.py`).
Three of them are compiled from the code (`compiled.py`). An *acceptance* is who agreed to which version, word for word
(`acceptance.py`). A *letter* is a report of abuse or a question about data (`letters.py`). This floor knows neither
accounts nor organizations: they are plain ids. The pages are in platform/projects/views/legal.py.
"""
