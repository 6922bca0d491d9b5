"""What sealed values of this app are bound to. Changing a word here orphans what it sealed."""

SECOND_FACTOR = "accounts.second_factor"
