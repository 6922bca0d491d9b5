"""What every business stands on: projects, organizations, accounts, mail, audit, the API."""
