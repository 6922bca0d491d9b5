"""The four database roles. Who may do what is written in config/launcher/bootstrap.py."""

OWNER = "flectar_owner"  # owns the tables and migrates; backup and restore
APP = "flectar_app"  # serves and works: reads and writes rows, and only those its policies show
SEARCH = "flectar_search"  # cannot sign in; owns the few SECURITY DEFINER search functions
OPS = "flectar_ops"  # counts across projects for the operator, through its own narrow policies
