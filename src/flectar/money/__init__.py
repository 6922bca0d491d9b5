"""What is paid: payments first."""
