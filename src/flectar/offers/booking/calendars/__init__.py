"""When people work, and the calendars of others: followed, and given out."""
