"""What a customer's bookings amount to: one line for each, counted anew after each deed."""

from django.db import models

from flectar.core.tenancy import TenantForeignKey
from flectar.people.customers.models import Customer
from flectar.platform.projects.models import TenantModel


class Figures(TenantModel):
    """Written by deeds/figures.py only, and always as a whole. Without a line: nothing but zeros."""

    customer = TenantForeignKey(Customer, models.CASCADE, related_name="figures")
    visits = models.IntegerField(default=0)  # took place
    no_shows = models.IntegerField(default=0)
    worth_minor = models.BigIntegerField(default=0)  # of the visits that were sold in the project's own currency
    last_visit_on = models.DateField(null=True)  # on the clock of the place where it was
    last_start_at = models.DateTimeField(null=True)  # of what stands: whether something is to come, at any moment

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "customer"], name="booking_figures_once")]
        indexes = [
            models.Index(fields=["project", "visits", "customer"], name="booking_figures_by_visits"),
            models.Index(
                fields=["project", "no_shows", "customer"],
                condition=models.Q(no_shows__gt=0),
                name="booking_figures_by_no_shows",
            ),
            models.Index(fields=["project", "last_visit_on", "customer"], name="booking_figures_by_last_visit"),
            models.Index(fields=["project", "last_start_at", "customer"], name="booking_figures_by_last_start"),
            models.Index(fields=["project", "worth_minor", "customer"], name="booking_figures_by_worth"),
        ]
