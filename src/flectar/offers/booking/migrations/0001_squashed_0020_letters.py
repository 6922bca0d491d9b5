"""Every table of bookings, in one step.

Made of the first twenty migrations: a fresh database draws the state of each model once and not for each field and
constraint that came later, which took most of the first start. An installation that has run all twenty is taken as
having run this one; the twenty stand in the history before it.
"""

import datetime

import django.contrib.postgres.constraints
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.fields.json
import django.db.models.functions.comparison
import django.db.models.lookups
from django.conf import settings
from django.db import migrations, models

import flectar.core.clock
import flectar.core.ids
import flectar.core.tenancy.models
import flectar.core.tenancy.schema
import flectar.offers.booking.models.bookings
from flectar.core.roles import APP


class Migration(migrations.Migration):
    replaces = [
        ("booking", "0001_initial"),
        ("booking", "0002_history"),
        ("booking", "0003_bounded_length"),
        ("booking", "0004_calendar_files_are_read_by_a_job"),
        ("booking", "0005_resource_location"),
        ("booking", "0006_engine"),
        ("booking", "0007_claims_expire_and_requests"),
        ("booking", "0008_calendar_feeds"),
        ("booking", "0009_dates_that_cancel_themselves"),
        ("booking", "0010_a_time_is_held"),
        ("booking", "0011_reminders"),
        ("booking", "0012_booking_location"),
        ("booking", "0013_on_other_websites"),
        ("booking", "0014_no_shows"),
        ("booking", "0015_dates_at_once"),
        ("booking", "0016_claims_that_are_long"),
        ("booking", "0017_former_bookings"),
        ("booking", "0018_bookings_by_their_import"),
        ("booking", "0019_customer_zone"),
        ("booking", "0020_letters"),
    ]

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("customers", "0012_addresses"),
        ("projects", "0010_first_weekday"),
    ]

    operations = [
        migrations.CreateModel(
            name="Schedule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="Name")),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("project", "id"), name="booking_schedule_in_project"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_schedule_tenant"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Resource",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("staff", "Person"),
                            ("room", "Room"),
                            ("equipment", "Equipment"),
                            ("table", "Table"),
                            ("unit", "Unit"),
                            ("property", "Property"),
                        ],
                        default="staff",
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="Name")),
                ("name_folded", models.CharField(editable=False, max_length=160)),
                ("rank", models.SmallIntegerField(default=0, verbose_name="Order")),
                ("is_active", models.BooleanField(default=True, verbose_name="Takes bookings")),
                ("rev", models.BigIntegerField(default=0, editable=False)),
                (
                    "allocation",
                    models.CharField(
                        choices=[
                            ("fixed", "Each booking keeps its unit"),
                            ("floating", "The unit is chosen on arrival"),
                        ],
                        default="fixed",
                        max_length=8,
                        verbose_name="Which unit",
                    ),
                ),
                ("seats_max", models.SmallIntegerField(blank=True, null=True, verbose_name="Up to this many people")),
                ("seats_min", models.SmallIntegerField(default=1, verbose_name="From this many people")),
                ("units", models.SmallIntegerField(default=1, verbose_name="How many of them")),
                (
                    "account",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Account",
                    ),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "schedule",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="resources",
                        to="booking.schedule",
                    ),
                ),
                (
                    "location",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="projects.location",
                        verbose_name="Location",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "id"), name="booking_resource_in_project"),
                    models.UniqueConstraint(fields=("project", "name_folded"), name="booking_resource_name_once"),
                    models.UniqueConstraint(fields=("project", "account"), name="booking_resource_account_once"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="booking_resource_has_a_name"
                    ),
                    flectar.core.tenancy.schema.TenantReference(field="schedule", name="booking_resource_schedule_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_resource_tenant"),
                    flectar.core.tenancy.schema.TenantReference(field="location", name="booking_resource_location_ref"),
                    models.CheckConstraint(
                        condition=models.Q(("units__range", (1, 500))), name="booking_resource_units"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("seats_min__gte", 1),
                            models.Q(
                                ("seats_max__isnull", True), ("seats_max__gte", models.F("seats_min")), _connector="OR"
                            ),
                        ),
                        name="booking_resource_seats",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarSource",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("file", "File"), ("feed", "Subscribed calendar")], default="file", max_length=12
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="Name")),
                ("synced_at", models.DateTimeField(default=flectar.core.clock.now)),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "resource",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_sources",
                        to="booking.resource",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "id"), name="booking_calendarsource_in_project"),
                    models.UniqueConstraint(fields=("project", "resource", "kind", "name"), name="booking_source_once"),
                    flectar.core.tenancy.schema.TenantReference(
                        field="resource", name="booking_calendarsource_resource_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_calendarsource_tenant"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CalendarImport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("content", models.BinaryField(null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "Being read"),
                            ("uploaded", "Waiting for you to check it"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Stopped"),
                        ],
                        default="reading",
                        max_length=10,
                    ),
                ),
                ("series", models.IntegerField(default=0)),
                ("done", models.IntegerField(default=0)),
                ("events", models.IntegerField(default=0)),
                ("busy", models.IntegerField(default=0)),
                ("skipped", models.JSONField(default=list)),
                ("problem", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                ("finished_at", models.DateTimeField(null=True)),
                ("clashes", models.JSONField(default=list)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "resource",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="calendar_imports",
                        to="booking.resource",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["project", "-created_at"], name="booking_import_newest")],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "id"), name="booking_calendarimport_in_project"),
                    flectar.core.tenancy.schema.TenantReference(
                        field="resource", name="booking_calendarimport_resource_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_calendarimport_tenant"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScheduleOverride",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("day", models.DateField(verbose_name="Date")),
                ("windows", models.JSONField(default=list, verbose_name="Hours")),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "resource",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="overrides", to="booking.resource"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "id"), name="booking_scheduleoverride_in_project"),
                    models.UniqueConstraint(fields=("project", "resource", "day"), name="booking_override_once"),
                    flectar.core.tenancy.schema.TenantReference(
                        field="resource", name="booking_scheduleoverride_resource_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_scheduleoverride_tenant"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ScheduleWindow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("weekday", models.SmallIntegerField(verbose_name="Day")),
                ("start_min", models.SmallIntegerField(verbose_name="Opens")),
                ("len_min", models.SmallIntegerField(verbose_name="Open for")),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="From")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="Until")),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "schedule",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="windows", to="booking.schedule"
                    ),
                ),
            ],
            options={
                "ordering": ["weekday", "start_min"],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "id"), name="booking_schedulewindow_in_project"),
                    models.CheckConstraint(
                        condition=models.Q(("weekday__range", (0, 6))), name="booking_window_weekday"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("start_min__range", (0, 1439))), name="booking_window_start"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("len_min__range", (1, 1440))), name="booking_window_length"
                    ),
                    flectar.core.tenancy.schema.TenantReference(
                        field="schedule", name="booking_schedulewindow_schedule_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_schedulewindow_tenant"),
                    models.UniqueConstraint(
                        fields=("project", "schedule", "weekday", "start_min", "valid_from"),
                        name="booking_window_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExternalBusy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("uid", models.CharField(max_length=200)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "source",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="busy", to="booking.calendarsource"
                    ),
                ),
                (
                    "resource",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="external_busy", to="booking.resource"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["project", "resource", "ends_at"], name="booking_external_by_end")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "source", "uid", "starts_at"), name="booking_external_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="booking_external_ends_after_start",
                    ),
                    flectar.core.tenancy.schema.TenantReference(
                        field="resource", name="booking_externalbusy_resource_ref"
                    ),
                    flectar.core.tenancy.schema.TenantReference(field="source", name="booking_externalbusy_source_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_externalbusy_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_externalbusy_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Coupon",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="Code")),
                ("code_folded", models.CharField(editable=False, max_length=80)),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="What for")),
                ("percent", models.SmallIntegerField(blank=True, null=True, verbose_name="Percent off")),
                ("amount_minor", models.BigIntegerField(blank=True, null=True, verbose_name="Amount off")),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="Valid from")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="Valid until")),
                ("max_uses", models.IntegerField(blank=True, null=True, verbose_name="How often in all")),
                (
                    "max_per_customer",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="How often for each customer"),
                ),
                ("least_minor", models.BigIntegerField(default=0, verbose_name="From a price of")),
                ("services", models.JSONField(blank=True, default=list, verbose_name="For these services")),
                ("stacks", models.BooleanField(default=False, verbose_name="Together with other codes")),
                ("is_active", models.BooleanField(default=True, verbose_name="Valid")),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "code_folded"), name="booking_coupon_code_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("amount_minor__isnull", True), ("percent__isnull", False), ("percent__range", (1, 100))
                            ),
                            models.Q(
                                ("amount_minor__gt", 0), ("amount_minor__isnull", False), ("percent__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="booking_coupon_takes_something_off",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_at__isnull", True),
                            ("ends_at__isnull", True),
                            ("ends_at__gt", models.F("starts_at")),
                            _connector="OR",
                        ),
                        name="booking_coupon_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("max_uses__isnull", True), ("max_uses__gte", 1), _connector="OR"),
                        name="booking_coupon_uses",
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_coupon_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_coupon_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Policy",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="Name")),
                ("tiers", models.JSONField(default=list, verbose_name="Fees")),
                (
                    "no_show_percent",
                    models.SmallIntegerField(
                        default=0,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="Fee for not coming",
                    ),
                ),
                (
                    "most_moves",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="How often a customer may move it"),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "name"), name="booking_policy_name_once"),
                    models.CheckConstraint(
                        condition=models.Q(("no_show_percent__range", (0, 100))), name="booking_policy_percent"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_policy_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_policy_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Service",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                ("name_folded", models.CharField(editable=False, max_length=240)),
                ("slug", models.SlugField(max_length=60, verbose_name="Address")),
                ("group", models.CharField(blank=True, max_length=60, verbose_name="Group")),
                ("description", models.TextField(blank=True, max_length=1000, verbose_name="Description")),
                (
                    "duration_min",
                    models.IntegerField(
                        default=60,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                        verbose_name="Length",
                    ),
                ),
                (
                    "price_minor",
                    models.BigIntegerField(
                        default=0,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100000000000),
                        ],
                        verbose_name="Price",
                    ),
                ),
                (
                    "buffer_before",
                    models.IntegerField(
                        default=0,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(720),
                        ],
                        verbose_name="Free time before",
                    ),
                ),
                (
                    "buffer_after",
                    models.IntegerField(
                        default=0,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(720),
                        ],
                        verbose_name="Free time after",
                    ),
                ),
                (
                    "buffer_inside_hours",
                    models.BooleanField(default=False, verbose_name="Keep that free time inside opening hours"),
                ),
                (
                    "notice_min",
                    models.IntegerField(
                        default=120,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(129600),
                        ],
                        verbose_name="Notice",
                    ),
                ),
                (
                    "horizon_days",
                    models.IntegerField(
                        default=60,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(730),
                        ],
                        verbose_name="Bookable days ahead",
                    ),
                ),
                (
                    "step_min",
                    models.IntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(1440),
                        ],
                        verbose_name="Start every",
                    ),
                ),
                (
                    "change_notice_min",
                    models.IntegerField(
                        default=60,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(129600),
                        ],
                        verbose_name="Customers may move or cancel until",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="Can be booked")),
                ("position", models.IntegerField(default=0, verbose_name="Order")),
                ("version", models.IntegerField(default=1, editable=False)),
                (
                    "align",
                    models.CharField(
                        choices=[("opening", "From opening on"), ("clock", "At even times of the clock")],
                        default="opening",
                        max_length=8,
                        verbose_name="Times begin",
                    ),
                ),
                (
                    "approval",
                    models.CharField(
                        choices=[
                            ("none", "Booked at once"),
                            ("all", "I accept each one"),
                            ("new_customers", "I accept people who are new"),
                            ("flagged", "I accept people who did not come before"),
                        ],
                        default="none",
                        max_length=14,
                        verbose_name="Acceptance",
                    ),
                ),
                (
                    "capacity",
                    models.SmallIntegerField(
                        default=10,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="Places",
                    ),
                ),
                ("check_in_min", models.SmallIntegerField(default=900, verbose_name="Arrival from")),
                ("check_out_min", models.SmallIntegerField(default=660, verbose_name="Departure until")),
                (
                    "deposit_minor",
                    models.BigIntegerField(
                        default=0,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100000000000),
                        ],
                        verbose_name="Deposit",
                    ),
                ),
                (
                    "deposit_percent",
                    models.SmallIntegerField(
                        default=0,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="Deposit",
                    ),
                ),
                ("has_waiting_list", models.BooleanField(default=False, verbose_name="Keeps a waiting list")),
                (
                    "hold_min",
                    models.SmallIntegerField(
                        default=15,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(120),
                        ],
                        verbose_name="Time to pay",
                    ),
                ),
                ("is_completed_by_itself", models.BooleanField(default=True, verbose_name="Done a day after its end")),
                (
                    "is_priced_per_person",
                    models.BooleanField(default=False, verbose_name="The price is for each person"),
                ),
                ("is_reserved_by_requests", models.BooleanField(default=True, verbose_name="A request keeps the time")),
                (
                    "max_nights",
                    models.SmallIntegerField(
                        default=28,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="Most nights",
                    ),
                ),
                (
                    "max_party",
                    models.SmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="Most people",
                    ),
                ),
                (
                    "min_nights",
                    models.SmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="Fewest nights",
                    ),
                ),
                (
                    "min_party",
                    models.SmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000),
                        ],
                        verbose_name="Fewest people",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("appointment", "Appointment"),
                            ("session", "Class with places"),
                            ("stay", "Stay by the night"),
                            ("covers", "Table"),
                            ("request", "Request without a fixed time"),
                        ],
                        default="appointment",
                        max_length=12,
                        verbose_name="Kind",
                    ),
                ),
                (
                    "pay",
                    models.CharField(
                        choices=[
                            ("none", "Later, at the business"),
                            ("deposit", "A deposit when booking"),
                            ("full", "All of it when booking"),
                            ("card_on_file", "A card as a guarantee"),
                        ],
                        default="none",
                        max_length=12,
                        verbose_name="Payment",
                    ),
                ),
                (
                    "request_hours",
                    models.SmallIntegerField(
                        default=48,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(720),
                        ],
                        verbose_name="Requests wait for",
                    ),
                ),
                ("tax_category", models.CharField(blank=True, max_length=20, verbose_name="Tax")),
                (
                    "remind_min",
                    models.IntegerField(
                        db_default=1440,
                        default=1440,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(20160),
                        ],
                        verbose_name="Reminder",
                    ),
                ),
                (
                    "most_dates",
                    models.SmallIntegerField(
                        db_default=1,
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(52),
                        ],
                        verbose_name="Dates at once",
                    ),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "policy",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="services",
                        to="booking.policy",
                        verbose_name="Terms",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "id"), name="booking_service_in_project"),
                    models.UniqueConstraint(fields=("project", "slug"), name="booking_service_slug_once"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="booking_service_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("duration_min__range", (5, 1440))), name="booking_service_fits_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("step_min__range", (5, 1440))), name="booking_service_steps"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price_minor__gte", 0)), name="booking_service_price_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("buffer_after__range", (0, 720)), ("buffer_before__range", (0, 720))),
                        name="booking_service_buffers",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("change_notice_min__gte", 0), ("horizon_days__range", (1, 730)), ("notice_min__gte", 0)
                        ),
                        name="booking_service_notice_and_horizon",
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_service_tenant"),
                    models.CheckConstraint(
                        condition=models.Q(("max_party__gte", models.F("min_party")), ("min_party__gte", 1)),
                        name="booking_service_party",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("check_in_min__range", (0, 1439)),
                            ("check_out_min__range", (0, 1439)),
                            ("max_nights__gte", models.F("min_nights")),
                            ("max_nights__lte", 365),
                            ("min_nights__gte", 1),
                        ),
                        name="booking_service_nights",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("deposit_minor__gte", 0), ("deposit_percent__range", (0, 100))),
                        name="booking_service_deposit",
                    ),
                    flectar.core.tenancy.schema.TenantReference(field="policy", name="booking_service_policy_ref"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Closure",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="From")),
                ("ends_at", models.DateTimeField(verbose_name="Until")),
                ("reason", models.CharField(blank=True, max_length=120, verbose_name="Reason")),
                ("is_public", models.BooleanField(default=False, verbose_name="Show the reason to customers")),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "resource",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="closures",
                        to="booking.resource",
                    ),
                ),
                (
                    "service",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="closures",
                        to="booking.service",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["project", "ends_at"], name="booking_closure_by_end")],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "id"), name="booking_closure_in_project"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))),
                        name="booking_closure_ends_after_start",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("resource__isnull", True), ("service__isnull", True), _connector="OR"),
                        name="booking_closure_one_scope",
                    ),
                    flectar.core.tenancy.schema.TenantReference(field="resource", name="booking_closure_resource_ref"),
                    flectar.core.tenancy.schema.TenantReference(field="service", name="booking_closure_service_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_closure_tenant"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceNeed",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("group_no", models.SmallIntegerField(default=1)),
                ("price_minor", models.BigIntegerField(blank=True, null=True)),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "resource",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="needed_by", to="booking.resource"
                    ),
                ),
                (
                    "service",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="needs", to="booking.service"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "id"), name="booking_serviceneed_in_project"),
                    models.UniqueConstraint(
                        fields=("project", "service", "group_no", "resource"), name="booking_need_once"
                    ),
                    flectar.core.tenancy.schema.TenantReference(
                        field="service", name="booking_serviceneed_service_ref"
                    ),
                    flectar.core.tenancy.schema.TenantReference(
                        field="resource", name="booking_serviceneed_resource_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_serviceneed_tenant"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Entitlement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(choices=[("package", "Package"), ("voucher", "Gift voucher")], max_length=8)),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                ("code", models.CharField(max_length=40, verbose_name="Code")),
                ("code_folded", models.CharField(editable=False, max_length=80)),
                ("units", models.IntegerField(default=0, verbose_name="Times")),
                ("amount_minor", models.BigIntegerField(default=0, verbose_name="Amount")),
                ("valid_until", models.DateTimeField(blank=True, null=True, verbose_name="Valid until")),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                (
                    "customer",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="entitlements",
                        to="customers.customer",
                    ),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "service",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="entitlements",
                        to="booking.service",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["project", "customer"], name="booking_entitlement_of")],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "code_folded"), name="booking_entitlement_code_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("amount_minor", 0), ("kind", "package"), ("units__gte", 1)),
                            models.Q(("amount_minor__gt", 0), ("kind", "voucher"), ("units", 0)),
                            _connector="OR",
                        ),
                        name="booking_entitlement_is_worth_something",
                    ),
                    flectar.core.tenancy.schema.TenantReference(
                        field="customer", name="booking_entitlement_customer_ref"
                    ),
                    flectar.core.tenancy.schema.TenantReference(
                        field="service", name="booking_entitlement_service_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_entitlement_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_entitlement_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Limit",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "per",
                    models.CharField(
                        choices=[
                            ("quarter", "Quarter of an hour"),
                            ("day", "Day"),
                            ("week", "Week"),
                            ("customer_day", "Day and customer"),
                            ("customer_week", "Week and customer"),
                            ("customer_open", "Customer, still to come"),
                        ],
                        default="day",
                        max_length=14,
                        verbose_name="For each",
                    ),
                ),
                (
                    "most",
                    models.IntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100000),
                        ],
                        verbose_name="At most",
                    ),
                ),
                ("counts_people", models.BooleanField(default=False, verbose_name="Count people, not bookings")),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "resource",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="limits",
                        to="booking.resource",
                    ),
                ),
                (
                    "service",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="limits",
                        to="booking.service",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("most__gte", 1)), name="booking_limit_is_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("resource__isnull", True), ("service__isnull", True), _connector="OR"),
                        name="booking_limit_one_scope",
                    ),
                    flectar.core.tenancy.schema.TenantReference(field="service", name="booking_limit_service_ref"),
                    flectar.core.tenancy.schema.TenantReference(field="resource", name="booking_limit_resource_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_limit_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_limit_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="NeedGroup",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("group_no", models.SmallIntegerField()),
                (
                    "qty",
                    models.SmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(500),
                        ],
                        verbose_name="How many",
                    ),
                ),
                ("is_per_person", models.BooleanField(default=False, verbose_name="For each person")),
                ("parts", models.JSONField(blank=True, default=list, verbose_name="When")),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "service",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="need_groups", to="booking.service"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "service", "group_no"), name="booking_need_group_once"),
                    models.CheckConstraint(condition=models.Q(("qty__range", (1, 500))), name="booking_need_group_qty"),
                    flectar.core.tenancy.schema.TenantReference(field="service", name="booking_needgroup_service_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_needgroup_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_needgroup_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Requirement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "Text"),
                            ("choice", "Choice"),
                            ("file", "File"),
                            ("consent", "Agreement"),
                            ("id", "Identity document"),
                            ("age", "Least age"),
                        ],
                        default="text",
                        max_length=8,
                        verbose_name="Kind",
                    ),
                ),
                (
                    "when",
                    models.CharField(
                        choices=[("before", "Before booking"), ("at", "On arrival"), ("after", "Afterwards")],
                        default="before",
                        max_length=6,
                        verbose_name="When",
                    ),
                ),
                ("label", models.CharField(max_length=300, verbose_name="Question")),
                ("help", models.CharField(blank=True, max_length=300, verbose_name="Explanation")),
                ("choices", models.JSONField(blank=True, default=list, verbose_name="Choices")),
                ("least_age", models.SmallIntegerField(blank=True, null=True, verbose_name="Age")),
                ("is_required", models.BooleanField(default=False, verbose_name="Must be answered")),
                ("is_sensitive", models.BooleanField(default=False, verbose_name="Sensitive (health, beliefs)")),
                ("position", models.SmallIntegerField(default=0, verbose_name="Order")),
                ("version", models.IntegerField(default=1, editable=False)),
                ("is_active", models.BooleanField(default=True, verbose_name="Asked")),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "service",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="requirements", to="booking.service"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("label", ""), _negated=True), name="booking_requirement_has_a_label"
                    ),
                    flectar.core.tenancy.schema.TenantReference(
                        field="service", name="booking_requirement_service_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_requirement_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_requirement_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Season",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="Name")),
                ("first", models.DateField(verbose_name="From")),
                ("last", models.DateField(verbose_name="Until")),
                ("price_minor", models.BigIntegerField(blank=True, null=True, verbose_name="Price")),
                ("min_nights", models.SmallIntegerField(blank=True, null=True, verbose_name="Fewest nights")),
                ("max_nights", models.SmallIntegerField(blank=True, null=True, verbose_name="Most nights")),
                ("arrival_days", models.JSONField(blank=True, default=list, verbose_name="Arrival on")),
                ("departure_days", models.JSONField(blank=True, default=list, verbose_name="Departure on")),
                ("fills_gaps", models.BooleanField(default=False, verbose_name="Shorter stays may fill a gap")),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "service",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="seasons", to="booking.service"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("last__gte", models.F("first"))), name="booking_season_ends_after_it_starts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("price_minor__isnull", True), ("price_minor__gte", 0), _connector="OR"),
                        name="booking_season_price",
                    ),
                    flectar.core.tenancy.schema.TenantReference(field="service", name="booking_season_service_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_season_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_season_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Series",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("rrule", models.CharField(max_length=200)),
                ("tz", models.CharField(max_length=64)),
                ("local_start", models.CharField(max_length=16)),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_series_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_series_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ServiceExtra",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                (
                    "price_minor",
                    models.BigIntegerField(
                        default=0,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(100000000000),
                        ],
                        verbose_name="Price",
                    ),
                ),
                ("is_per_person", models.BooleanField(default=False, verbose_name="For each person")),
                ("is_per_night", models.BooleanField(default=False, verbose_name="For each night")),
                (
                    "add_min",
                    models.IntegerField(
                        default=0,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(720),
                        ],
                        verbose_name="Takes longer by",
                    ),
                ),
                (
                    "max_qty",
                    models.SmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="At most",
                    ),
                ),
                ("position", models.SmallIntegerField(default=0, verbose_name="Order")),
                ("is_active", models.BooleanField(default=True, verbose_name="Offered")),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "service",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="extras", to="booking.service"
                    ),
                ),
                (
                    "stock",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="extras",
                        to="booking.resource",
                        verbose_name="Uses",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="booking_extra_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("add_min__range", (0, 720)), ("max_qty__range", (1, 100)), ("price_minor__gte", 0)
                        ),
                        name="booking_extra_bounds",
                    ),
                    flectar.core.tenancy.schema.TenantReference(
                        field="service", name="booking_serviceextra_service_ref"
                    ),
                    flectar.core.tenancy.schema.TenantReference(field="stock", name="booking_serviceextra_stock_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_serviceextra_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_serviceextra_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("tz", models.CharField(max_length=64)),
                ("local_start", models.CharField(max_length=16)),
                ("capacity", models.SmallIntegerField(verbose_name="Places")),
                ("least", models.SmallIntegerField(default=0, verbose_name="Takes place from")),
                ("waiting_max", models.SmallIntegerField(default=20, verbose_name="Waiting at most")),
                ("repeats", models.UUIDField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="Note")),
                ("is_cancelled", models.BooleanField(default=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                (
                    "is_cancelled_if_few",
                    models.BooleanField(db_default=False, default=False, verbose_name="Cancel it by itself"),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "resource",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="sessions", to="booking.resource"
                    ),
                ),
                (
                    "service",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="sessions", to="booking.service"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "starts_at", "id"], name="booking_session_by_start"),
                    models.Index(fields=["project", "service", "starts_at"], name="booking_session_of_service"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__gt", models.F("starts_at")),
                            (
                                "ends_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("starts_at"), "+", models.Value(datetime.timedelta(days=2))
                                ),
                            ),
                        ),
                        name="booking_session_length",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("capacity__range", (1, 1000))), name="booking_session_capacity"
                    ),
                    flectar.core.tenancy.schema.TenantReference(field="service", name="booking_session_service_ref"),
                    flectar.core.tenancy.schema.TenantReference(field="resource", name="booking_session_resource_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_session_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_session_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Feed",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="What it is for")),
                (
                    "shows",
                    models.CharField(
                        choices=[
                            ("times", "Only that the time is taken"),
                            ("service", "The service and the customer’s first name"),
                            ("all", "Everything: name, phone, email, note"),
                        ],
                        default="service",
                        max_length=10,
                        verbose_name="What it shows",
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("locale", models.CharField(default="en", max_length=10)),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                ("last_used_at", models.DateTimeField(null=True)),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "resource",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="feeds",
                        to="booking.resource",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "digest"), name="booking_feed_digest_once"),
                    flectar.core.tenancy.schema.TenantReference(field="resource", name="booking_feed_resource_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_feed_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_feed_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("url", models.TextField()),
                ("url_index", models.CharField(max_length=64)),
                ("host", models.CharField(max_length=253)),
                ("etag", models.CharField(blank=True, max_length=500)),
                ("last_modified", models.CharField(blank=True, max_length=100)),
                ("digest", models.CharField(blank=True, max_length=64)),
                ("zone", models.CharField(blank=True, max_length=64)),
                ("covers_until", models.DateTimeField(null=True)),
                ("checked_at", models.DateTimeField(null=True)),
                ("succeeded_at", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                (
                    "trouble",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("unreachable", "Unreachable"),
                            ("forbidden", "Forbidden"),
                            ("redirects", "Redirects"),
                            ("denied", "Denied"),
                            ("missing", "Missing"),
                            ("busy", "Busy"),
                            ("refused", "Refused"),
                            ("slow", "Slow"),
                            ("large", "Large"),
                            ("empty", "Empty"),
                            ("page", "Page"),
                            ("other", "Other"),
                            ("cut", "Cut"),
                            ("shrunk", "Shrunk"),
                            ("ours", "Ours"),
                        ],
                        default="",
                        max_length=12,
                    ),
                ),
                ("answered", models.SmallIntegerField(null=True)),
                ("failures", models.IntegerField(default=0)),
                ("failing_since", models.DateTimeField(null=True)),
                ("told_at", models.DateTimeField(null=True)),
                ("events", models.IntegerField(default=0)),
                ("unread", models.JSONField(default=list)),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "source",
                    flectar.core.tenancy.models.TenantOneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscription",
                        to="booking.calendarsource",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    flectar.core.tenancy.schema.TenantReference(field="source", name="booking_subscription_source_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_subscription_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_subscription_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("token", models.CharField(default=flectar.core.ids.new_token, max_length=64)),
                ("starts_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "resource",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="holds", to="booking.resource"
                    ),
                ),
                (
                    "service",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="holds", to="booking.service"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "id"), name="booking_hold_in_project"),
                    models.UniqueConstraint(fields=("project", "token"), name="booking_hold_token_once"),
                    flectar.core.tenancy.schema.TenantReference(field="service", name="booking_hold_service_ref"),
                    flectar.core.tenancy.schema.TenantReference(field="resource", name="booking_hold_resource_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_hold_tenant"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Embedding",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "allows",
                    models.CharField(
                        choices=[
                            ("none", "No other website"),
                            ("listed", "Only these websites"),
                            ("any", "Any website"),
                        ],
                        default="none",
                        max_length=8,
                    ),
                ),
                ("origins", models.JSONField(default=list)),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project",), name="booking_embedding_one"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_embedding_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_embedding_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoShowRule",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "does",
                    models.CharField(
                        choices=[
                            ("approval", "Their bookings wait for your yes"),
                            ("prepayment", "They pay the whole price beforehand"),
                            ("no_booking", "They cannot book online"),
                        ],
                        max_length=12,
                    ),
                ),
                ("times", models.SmallIntegerField()),
                ("months", models.SmallIntegerField(default=6)),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "does"), name="booking_no_show_rule_once"),
                    models.CheckConstraint(
                        condition=models.Q(("months__range", (1, 36)), ("times__range", (1, 20))),
                        name="booking_no_show_rule_bounds",
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_noshowrule_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_noshowrule_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Pardon",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="Reason")),
                ("at", models.DateTimeField(default=flectar.core.clock.now)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "customer",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pardons", to="customers.customer"
                    ),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["project", "customer", "-at"], name="booking_pardon_newest")],
                "constraints": [
                    flectar.core.tenancy.schema.TenantReference(field="customer", name="booking_pardon_customer_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_pardon_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_pardon_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BookingImport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("content", models.BinaryField(null=True)),
                ("says", models.JSONField(default=list)),
                ("names", models.JSONField(default=dict)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Waiting for you to check it"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("failed", "Stopped"),
                            ("undoing", "Being undone"),
                            ("undone", "Undone"),
                        ],
                        default="uploaded",
                        max_length=10,
                    ),
                ),
                ("rows", models.IntegerField(default=0)),
                ("bookings", models.IntegerField(default=0)),
                ("done", models.IntegerField(default=0)),
                ("past", models.IntegerField(default=0)),
                ("coming", models.IntegerField(default=0)),
                ("known", models.IntegerField(default=0)),
                ("kept", models.IntegerField(default=0)),
                ("remarks", models.JSONField(default=list)),
                ("headers", models.JSONField(default=list)),
                ("problem", models.TextField(blank=True)),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["project", "-created_at"], name="booking_former_newest")],
                "constraints": [
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_bookingimport_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_bookingimport_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Booking",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=12, verbose_name="Code")),
                ("token", models.CharField(default=flectar.core.ids.new_token, max_length=64)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("requested", "Request"),
                            ("held", "Held"),
                            ("confirmed", "Confirmed"),
                            ("in_progress", "In progress"),
                            ("completed", "Done"),
                            ("no_show", "No-show"),
                            ("cancelled", "Cancelled"),
                            ("declined", "Declined"),
                            ("expired", "Expired"),
                            ("paid_late", "Paid late"),
                        ],
                        default="confirmed",
                        max_length=12,
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("tz", models.CharField(max_length=64)),
                ("local_start", models.CharField(max_length=16)),
                ("service_name", models.CharField(max_length=120)),
                ("price_snapshot", models.JSONField()),
                ("policy_snapshot", models.JSONField()),
                ("note", models.TextField(blank=True, max_length=1000, verbose_name="Note")),
                ("locale", models.CharField(default="en", max_length=10)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("site", "Your page"),
                            ("staff", "The team"),
                            ("api", "The API"),
                            ("import", "An import"),
                        ],
                        default="site",
                        max_length=10,
                    ),
                ),
                ("idempotency_key", models.CharField(blank=True, max_length=120, null=True)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                ("arrived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "attendance",
                    models.CharField(
                        choices=[
                            ("expected", "Expected"),
                            ("arrived", "Arrived"),
                            ("attended", "Was there"),
                            ("no_show", "Did not come"),
                            ("excused", "Excused"),
                        ],
                        default="expected",
                        max_length=9,
                    ),
                ),
                ("due_minor", models.BigIntegerField(default=0)),
                ("hold_until", models.DateTimeField(blank=True, null=True)),
                ("is_rule_bypassed", models.BooleanField(default=False)),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("appointment", "Appointment"),
                            ("session", "Class with places"),
                            ("stay", "Stay by the night"),
                            ("covers", "Table"),
                            ("request", "Request without a fixed time"),
                        ],
                        default="appointment",
                        max_length=12,
                    ),
                ),
                ("moves", models.SmallIntegerField(default=0)),
                ("nights", models.SmallIntegerField(blank=True, null=True, verbose_name="Nights")),
                ("paid_minor", models.BigIntegerField(default=0)),
                ("party", models.SmallIntegerField(default=1, verbose_name="People")),
                ("visit", models.UUIDField(blank=True, null=True)),
                (
                    "total_minor",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.comparison.Cast(
                            django.db.models.fields.json.KeyTextTransform("minor", "price_snapshot"),
                            models.BigIntegerField(),
                        ),
                        output_field=models.BigIntegerField(),
                    ),
                ),
                ("is_proposed", models.BooleanField(default=False)),
                ("customer_zone", models.CharField(blank=True, db_default="", default="", max_length=64)),
                (
                    "customer",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="bookings", to="customers.customer"
                    ),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "resource",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="bookings", to="booking.resource"
                    ),
                ),
                (
                    "service",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="bookings", to="booking.service"
                    ),
                ),
                (
                    "series",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="bookings",
                        to="booking.series",
                    ),
                ),
                (
                    "session",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="bookings",
                        to="booking.session",
                    ),
                ),
                (
                    "location",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="projects.location",
                        verbose_name="Location",
                    ),
                ),
                (
                    "brought_by",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="brought",
                        to="booking.bookingimport",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "starts_at", "id"], name="booking_by_start"),
                    models.Index(fields=["project", "status", "starts_at", "id"], name="booking_by_status_and_start"),
                    models.Index(fields=["project", "customer", "starts_at"], name="booking_by_customer"),
                    models.Index(
                        condition=models.Q(("nights__isnull", False)),
                        fields=["project", "ends_at"],
                        name="booking_stay_by_departure",
                    ),
                    models.Index(
                        condition=models.Q(("series__isnull", False)),
                        fields=["project", "series"],
                        name="booking_by_series",
                    ),
                    models.Index(
                        condition=models.Q(("visit__isnull", False)),
                        fields=["project", "visit"],
                        name="booking_by_visit",
                    ),
                    models.Index(
                        condition=models.Q(("session__isnull", False)),
                        fields=["project", "session"],
                        name="booking_by_session",
                    ),
                    models.Index(
                        condition=models.Q(("brought_by__isnull", False)),
                        fields=["project", "brought_by"],
                        name="booking_by_import",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "id"), name="booking_booking_in_project"),
                    models.UniqueConstraint(fields=("project", "code"), name="booking_code_once"),
                    models.UniqueConstraint(fields=("project", "token"), name="booking_token_once"),
                    models.UniqueConstraint(fields=("project", "idempotency_key"), name="booking_idempotency_key_once"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="booking_ends_after_it_starts"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "status__in",
                                [
                                    "requested",
                                    "held",
                                    "confirmed",
                                    "in_progress",
                                    "completed",
                                    "no_show",
                                    "cancelled",
                                    "declined",
                                    "expired",
                                    "paid_late",
                                ],
                            )
                        ),
                        name="booking_status_is_known",
                    ),
                    flectar.core.tenancy.schema.TenantReference(field="service", name="booking_booking_service_ref"),
                    flectar.core.tenancy.schema.TenantReference(field="resource", name="booking_booking_resource_ref"),
                    flectar.core.tenancy.schema.TenantReference(field="customer", name="booking_booking_customer_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_booking_tenant"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                (
                                    "ends_at__lte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("starts_at"), "+", models.Value(datetime.timedelta(days=2))
                                    ),
                                ),
                                ("nights__isnull", True),
                            ),
                            models.Q(
                                (
                                    "ends_at__lte",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("starts_at"), "+", models.Value(datetime.timedelta(days=402))
                                    ),
                                ),
                                ("nights__gte", 1),
                                ("nights__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="booking_length",
                    ),
                    models.CheckConstraint(condition=models.Q(("party__gte", 1)), name="booking_party_is_positive"),
                    models.CheckConstraint(
                        condition=models.Q(("due_minor__gte", 0)), name="booking_due_is_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("hold_until__isnull", False), models.Q(("status", "held"), _negated=True), _connector="OR"
                        ),
                        name="booking_held_until_some_time",
                    ),
                    flectar.core.tenancy.schema.TenantReference(field="series", name="booking_booking_series_ref"),
                    flectar.core.tenancy.schema.TenantReference(field="session", name="booking_booking_session_ref"),
                    flectar.core.tenancy.schema.TenantReference(field="location", name="booking_booking_location_ref"),
                    flectar.core.tenancy.schema.TenantReference(
                        field="brought_by", name="booking_booking_brought_by_ref"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="BookingEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("booked", "Booked"),
                            ("moved", "Moved"),
                            ("cancelled", "Cancelled"),
                            ("restored", "Brought back"),
                            ("noted", "Note changed"),
                            ("requested", "Asked for"),
                            ("held", "Held until paid"),
                            ("confirmed", "Confirmed"),
                            ("declined", "Declined"),
                            ("expired", "Time to pay or answer ran out"),
                            ("paid", "Paid"),
                            ("paid_late", "Paid when the time was gone"),
                            ("arrived", "Arrived"),
                            ("completed", "Done"),
                            ("no_show", "Did not come"),
                            ("corrected", "Corrected"),
                            ("proposed", "Another time proposed"),
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField(default=flectar.core.clock.now)),
                ("actor_kind", models.CharField(max_length=20)),
                ("actor_id", models.UUIDField(null=True)),
                ("actor_name", models.CharField(blank=True, max_length=200)),
                ("from_status", models.CharField(blank=True, max_length=12)),
                ("to_status", models.CharField(max_length=12)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("before", models.JSONField(default=dict)),
                ("after", models.JSONField(default=dict)),
                (
                    "booking",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="booking.booking"
                    ),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["project", "booking", "at"], name="booking_event_in_order")],
                "constraints": [
                    flectar.core.tenancy.schema.TenantReference(
                        field="booking", name="booking_bookingevent_booking_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_bookingevent_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_bookingevent_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("unit", models.SmallIntegerField(default=1)),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("is_forced", models.BooleanField(default=False)),
                ("expires_at", models.DateTimeField(null=True)),
                (
                    "booking",
                    flectar.core.tenancy.models.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claims",
                        to="booking.booking",
                    ),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "resource",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="claims", to="booking.resource"
                    ),
                ),
                (
                    "session",
                    flectar.core.tenancy.models.TenantForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claims",
                        to="booking.session",
                    ),
                ),
                (
                    "held_by",
                    flectar.core.tenancy.models.TenantForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="claims", to="booking.hold"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["project", "resource", "starts_at"],
                        include=("ends_at", "unit", "expires_at", "booking"),
                        name="booking_claim_of_resource",
                    ),
                    models.Index(
                        condition=models.Q(("expires_at__isnull", False)),
                        fields=["project", "resource", "expires_at"],
                        name="booking_claim_by_expiry",
                    ),
                    models.Index(fields=["project", "booking"], name="booking_claim_of_booking"),
                    models.Index(
                        condition=models.Q(("held_by__isnull", False)),
                        fields=["project", "held_by"],
                        name="booking_claim_of_hold",
                    ),
                    models.Index(
                        condition=models.Q(
                            django.db.models.lookups.GreaterThan(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("ends_at"), "-", models.F("starts_at")
                                ),
                                datetime.timedelta(days=2),
                            )
                        ),
                        fields=["project", "resource", "starts_at"],
                        name="booking_claim_that_is_long",
                    ),
                ],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("project", "="),
                            ("resource", "="),
                            ("unit", "="),
                            (flectar.offers.booking.models.bookings.TsTzRange("starts_at", "ends_at"), "&&"),
                        ],
                        name="booking_claims_never_overlap",
                    ),
                    flectar.core.tenancy.schema.TenantReference(field="resource", name="booking_claim_resource_ref"),
                    flectar.core.tenancy.schema.TenantReference(field="booking", name="booking_claim_booking_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_claim_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_claim_in_project"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at__gt", models.F("starts_at")),
                            (
                                "ends_at__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("starts_at"), "+", models.Value(datetime.timedelta(days=402))
                                ),
                            ),
                        ),
                        name="booking_claim_length",
                    ),
                    models.CheckConstraint(condition=models.Q(("unit__gte", 1)), name="booking_claim_unit"),
                    flectar.core.tenancy.schema.TenantReference(field="session", name="booking_claim_session_ref"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("booking__isnull", False), ("held_by__isnull", True), ("session__isnull", True)),
                            models.Q(("booking__isnull", True), ("held_by__isnull", True), ("session__isnull", False)),
                            models.Q(("booking__isnull", True), ("held_by__isnull", False), ("session__isnull", True)),
                            _connector="OR",
                        ),
                        name="booking_claim_of_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("held_by__isnull", True), ("expires_at__isnull", False), _connector="OR"),
                        name="booking_claim_of_a_hold_ends",
                    ),
                    flectar.core.tenancy.schema.TenantReference(field="held_by", name="booking_claim_held_by_ref"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attendee",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.SmallIntegerField(blank=True, null=True)),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="Name")),
                (
                    "attendance",
                    models.CharField(
                        choices=[
                            ("expected", "Expected"),
                            ("arrived", "Arrived"),
                            ("attended", "Was there"),
                            ("no_show", "Did not come"),
                            ("excused", "Excused"),
                        ],
                        default="expected",
                        max_length=9,
                    ),
                ),
                ("arrived_at", models.DateTimeField(blank=True, null=True)),
                ("token", models.CharField(default=flectar.core.ids.new_token, max_length=64)),
                (
                    "booking",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="attendees", to="booking.booking"
                    ),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "session",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="attendees",
                        to="booking.session",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["project", "booking"], name="booking_attendee_of_booking")],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "session", "number"), name="booking_place_once"),
                    models.UniqueConstraint(fields=("project", "token"), name="booking_attendee_token_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("number__isnull", True), ("session__isnull", True)),
                            models.Q(("number__gte", 1), ("number__isnull", False), ("session__isnull", False)),
                            _connector="OR",
                        ),
                        name="booking_place_has_a_number",
                    ),
                    flectar.core.tenancy.schema.TenantReference(field="booking", name="booking_attendee_booking_ref"),
                    flectar.core.tenancy.schema.TenantReference(field="session", name="booking_attendee_session_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_attendee_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_attendee_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="BookedExtra",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("qty", models.SmallIntegerField(default=1)),
                ("price_minor", models.BigIntegerField(default=0)),
                ("add_min", models.IntegerField(default=0)),
                (
                    "booking",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="extras", to="booking.booking"
                    ),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "extra",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="+", to="booking.serviceextra"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "booking", "extra"), name="booking_booked_extra_once"),
                    models.CheckConstraint(condition=models.Q(("qty__gte", 1)), name="booking_booked_extra_qty"),
                    flectar.core.tenancy.schema.TenantReference(
                        field="booking", name="booking_bookedextra_booking_ref"
                    ),
                    flectar.core.tenancy.schema.TenantReference(field="extra", name="booking_bookedextra_extra_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_bookedextra_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_bookedextra_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="CouponUse",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("taken", "Used"), ("returned", "Given back")], default="taken", max_length=8
                    ),
                ),
                ("off_minor", models.BigIntegerField()),
                ("at", models.DateTimeField(default=flectar.core.clock.now)),
                (
                    "booking",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="coupon_uses", to="booking.booking"
                    ),
                ),
                (
                    "coupon",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="uses", to="booking.coupon"
                    ),
                ),
                (
                    "customer",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="coupon_uses",
                        to="customers.customer",
                    ),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["project", "coupon", "state"], name="booking_coupon_use_by_coupon")],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "coupon", "booking"), name="booking_coupon_use_once"),
                    models.CheckConstraint(condition=models.Q(("off_minor__gte", 0)), name="booking_coupon_use_off"),
                    flectar.core.tenancy.schema.TenantReference(field="coupon", name="booking_couponuse_coupon_ref"),
                    flectar.core.tenancy.schema.TenantReference(field="booking", name="booking_couponuse_booking_ref"),
                    flectar.core.tenancy.schema.TenantReference(
                        field="customer", name="booking_couponuse_customer_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_couponuse_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_couponuse_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="EntitlementUse",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("units", models.IntegerField(default=0)),
                ("amount_minor", models.BigIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("taken", "Used"), ("returned", "Given back")], default="taken", max_length=8
                    ),
                ),
                ("at", models.DateTimeField(default=flectar.core.clock.now)),
                (
                    "booking",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="entitlement_uses",
                        to="booking.booking",
                    ),
                ),
                (
                    "entitlement",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="uses", to="booking.entitlement"
                    ),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["project", "entitlement", "state"], name="booking_entitlement_use_of")
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("project", "entitlement", "booking"), name="booking_entitlement_use_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gte", 0), ("units__gte", 0)),
                        name="booking_entitlement_use_size",
                    ),
                    flectar.core.tenancy.schema.TenantReference(
                        field="entitlement", name="booking_entitlementuse_entitlement_ref"
                    ),
                    flectar.core.tenancy.schema.TenantReference(
                        field="booking", name="booking_entitlementuse_booking_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_entitlementuse_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_entitlementuse_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="RequirementAnswer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("label", models.CharField(max_length=300)),
                ("wording", models.IntegerField(default=1)),
                ("text", models.TextField(blank=True, max_length=4000)),
                ("sealed", models.BinaryField(null=True)),
                ("file", models.CharField(blank=True, max_length=200)),
                ("file_name", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(default=flectar.core.clock.now)),
                (
                    "booking",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="answers", to="booking.booking"
                    ),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "requirement",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT, related_name="answers", to="booking.requirement"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("project", "booking", "requirement"), name="booking_answer_once"),
                    flectar.core.tenancy.schema.TenantReference(
                        field="booking", name="booking_requirementanswer_booking_ref"
                    ),
                    flectar.core.tenancy.schema.TenantReference(
                        field="requirement", name="booking_requirementanswer_requirement_ref"
                    ),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_requirementanswer_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_requirementanswer_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Waiting",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("party", models.SmallIntegerField(default=1)),
                ("earliest", models.DateTimeField(blank=True, null=True)),
                ("latest", models.DateTimeField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("offered", "Offered a place"),
                            ("taken", "Booked"),
                            ("lapsed", "Did not answer"),
                            ("left", "Left the list"),
                        ],
                        default="waiting",
                        max_length=8,
                    ),
                ),
                ("token", models.CharField(default=flectar.core.ids.new_token, max_length=64)),
                ("locale", models.CharField(default="en", max_length=10)),
                ("created_at", models.DateTimeField(default=flectar.core.clock.now)),
                (
                    "customer",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="waiting", to="customers.customer"
                    ),
                ),
                (
                    "offer",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="booking.booking",
                    ),
                ),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "resource",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="booking.resource",
                    ),
                ),
                (
                    "service",
                    flectar.core.tenancy.models.TenantForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="waiting", to="booking.service"
                    ),
                ),
                (
                    "session",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="waiting",
                        to="booking.session",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["project", "session", "state", "created_at"], name="booking_waiting_for_session"
                    ),
                    models.Index(
                        fields=["project", "service", "state", "created_at"], name="booking_waiting_for_service"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("project", "token"), name="booking_waiting_token_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("session__isnull", False), ("state__in", ["waiting", "offered"])),
                        fields=("project", "session", "customer"),
                        name="booking_waits_once_for_a_session",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("session__isnull", False),
                            models.Q(
                                ("earliest__isnull", False),
                                ("latest__gt", models.F("earliest")),
                                ("latest__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="booking_waits_for_something",
                    ),
                    models.CheckConstraint(condition=models.Q(("party__gte", 1)), name="booking_waiting_party"),
                    flectar.core.tenancy.schema.TenantReference(field="service", name="booking_waiting_service_ref"),
                    flectar.core.tenancy.schema.TenantReference(field="session", name="booking_waiting_session_ref"),
                    flectar.core.tenancy.schema.TenantReference(field="resource", name="booking_waiting_resource_ref"),
                    flectar.core.tenancy.schema.TenantReference(field="customer", name="booking_waiting_customer_ref"),
                    flectar.core.tenancy.schema.TenantReference(field="offer", name="booking_waiting_offer_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_waiting_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_waiting_in_project"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=flectar.core.ids.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("reminder", "Reminder"),
                            ("follow_up", "Afterwards"),
                            ("review", "Asking for a review"),
                        ],
                        max_length=10,
                        verbose_name="Kind",
                    ),
                ),
                ("after_hours", models.SmallIntegerField(default=24, verbose_name="Hours after the end")),
                ("words", models.JSONField(default=dict)),
                ("review_url", models.URLField(blank=True, max_length=500, verbose_name="Address of the review page")),
                ("is_advertising", models.BooleanField(default=False, verbose_name="It advertises something")),
                ("is_on", models.BooleanField(default=True, verbose_name="Is sent")),
                (
                    "project",
                    flectar.core.tenancy.models.ProjectKey(
                        on_delete=django.db.models.deletion.PROTECT, to="projects.project"
                    ),
                ),
                (
                    "service",
                    flectar.core.tenancy.models.TenantForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letters",
                        to="booking.service",
                        verbose_name="Service",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "reminder")),
                        fields=("project", "service"),
                        name="booking_letter_one_reminder",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("after_hours__range", (0, 4320))), name="booking_letter_hours"
                    ),
                    flectar.core.tenancy.schema.TenantReference(field="service", name="booking_letter_service_ref"),
                    flectar.core.tenancy.schema.TenantIsolation(name="booking_letter_tenant"),
                    models.UniqueConstraint(fields=("project", "id"), name="booking_letter_in_project"),
                ],
            },
        ),
        # The history of a booking is only added to: the role that serves the product may neither change nor delete it.
        migrations.RunSQL(
            f"REVOKE UPDATE, DELETE, TRUNCATE ON booking_bookingevent FROM {APP}",
            f"GRANT UPDATE, DELETE ON booking_bookingevent TO {APP}",
        ),
    ]
