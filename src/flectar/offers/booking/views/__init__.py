"""The pages: the team's (calendar, bookings, services, staff, closures, imports) and the visitor's (flow, own)."""
