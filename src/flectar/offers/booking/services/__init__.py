"""What is offered: what a service is made of, and keeping it."""
