"""How large a body each address takes: one mebibyte, and more where files are handed in."""

import re

from flectar.core.bodies import MIB

# The file's own limit is checked again where it is read, with a sentence that helps.
FILES = re.compile(r"^/[a-z0-9-]+/(?:[a-z]+/)*(?:import|imports|pictures)\b")
# A visitor's answers to the questions of a service, on a public site.
ANSWERS = re.compile(r"^(?:/[a-z-]{2,7})?/(?:book/[a-z0-9_-]+/details|booking/[\w-]+/answers)$")


def cap(path: str) -> int:
    return 21 * MIB if FILES.match(path) or ANSWERS.match(path) else MIB
