import django.db.models.deletion
from django.db import migrations, models

import flectar.core.clock
import flectar.core.ids
import flectar.core.tenancy.models
import flectar.core.tenancy.schema


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("projects", "0010_first_weekday"),
    ]

    operations = [
        migrations.CreateModel(
            name="PaymentIntent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("subject", models.CharField(max_length=20)),
                ("subject_id", models.UUIDField()),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("deposit", "Deposit"),
                            ("full", "All of it"),
                            ("balance", "The rest"),
                            ("fee", "Fee"),
                        ],
                        max_length=8,
                    ),
                ),
                ("label", models.CharField(max_length=200)),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Waits for payment"),
                            ("failed", "Payment failed"),
                            ("captured", "Paid"),
                            ("expired", "Not paid in time"),
                            ("cancelled", "No longer asked for"),
                        ],
                        default="open",
                        max_length=9,
                    ),
                ),
                ("expires_at", models.DateTimeField()),
                ("token", models.CharField(default=flectar.core.ids.new_token, max_length=64)),
                ("return_path", models.CharField(max_length=300)),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                ("captured_at", models.DateTimeField(blank=True, null=True)),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "subject", "subject_id"], name="payments_intent_of_subject"),
                    models.Index(fields=["project", "created_at", "id"], name="payments_intent_by_time"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "token"), name="payments_intent_token_once"),
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="payments_intent_amount"),
                    models.CheckConstraint(
                        condition=models.Q(("return_path__startswith", "/")), name="payments_intent_returns_to_us"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("captured_at__isnull", False), ("state", "captured")),
                            models.Q(models.Q(("state", "captured"), _negated=True), ("captured_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="payments_intent_captured_at_some_time",
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="payments_paymentintent_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="payments_paymentintent_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("provider", models.CharField(max_length=20)),
                ("event_key", models.CharField(max_length=120)),
                ("kind", models.CharField(max_length=40)),
                ("amount_minor", models.BigIntegerField(null=True)),
                ("currency", models.CharField(blank=True, max_length=3)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("applied", "Done"),
                            ("repeated", "Known already"),
                            ("overtaken", "Came after something newer: ignored"),
                            ("mismatch", "Another amount or currency than asked for: ignored"),
                            ("unknown", "Names nothing that we know: ignored"),
                        ],
                        max_length=9,
                    ),
                ),
                ("received_at", models.DateTimeField(default=flectar.core.clock.now)),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "intent",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="payments.paymentintent",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["project", "intent", "received_at"], name="payments_event_of_intent")],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "provider", "event_key"), name="payments_event_once"),
                    flectar.core.tenancy.schema.TenantReference(
                        field="intent", name="payments_paymentevent_intent_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="payments_paymentevent_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="payments_paymentevent_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LedgerIntent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.CharField(max_length=120)),
                ("kind", models.CharField(choices=[("refund", "Refund"), ("fee", "Fee")], max_length=6)),
                ("subject", models.CharField(max_length=20)),
                ("subject_id", models.UUIDField()),
                ("amount_minor", models.BigIntegerField()),
                ("currency", models.CharField(max_length=3)),
                ("reason", models.CharField(blank=True, max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[("queued", "To be done"), ("done", "Done")], default="queued", max_length=6
                    ),
                ),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                ("done_at", models.DateTimeField(blank=True, null=True)),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "subject", "subject_id"], name="payments_ledger_of_subject")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "key"), name="payments_ledger_key_once"),
                    models.CheckConstraint(condition=models.Q(("amount_minor__gt", 0)), name="payments_ledger_amount"),
                    flectar.core.tenancy.schema.TenantIsolation(name="payments_ledgerintent_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="payments_ledgerintent_in_project"),
                ],
            },
        ),
    ]
