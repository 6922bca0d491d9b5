"""Organizations: who owns projects, who is a member, in which role, and what a role may do."""
