"""What it costs: base, seasons, extras, coupons, packages and terms."""
