"""What looks over the whole business: the home page of the day."""
