"""How large a body each address takes: one mebibyte, and more where files are handed in."""

import re

from flectar.core.bodies import MIB

# The file's own limit is checked again where it is read, with a sentence that helps.
FILES = re.compile(r"^/[a-z0-9-]+/(?:[a-z]+/)*(?:import|imports|pictures)\b")


def cap(path: str) -> int:
    return 21 * MIB if FILES.match(path) else MIB
