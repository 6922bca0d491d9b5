"""What is done with bookings: each state, each step, and whoever waits for one."""
