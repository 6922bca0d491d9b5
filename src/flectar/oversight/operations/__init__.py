"""The operator's console: what goes on under all projects. Only for people whom `flectar operator` has made operators;
it shows ids and errors, never what a project holds.

Start at `urls.py`; the failed jobs themselves are `core/failures.py`.
"""
