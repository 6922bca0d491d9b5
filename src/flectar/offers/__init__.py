"""What a business offers: bookings first."""
