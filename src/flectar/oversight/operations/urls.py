"""`operator` is mounted under operator/ on the platform's host."""

from django.urls import path

from flectar.oversight.operations import views

operator = [
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/repetition", views.repetition_of_all, name="repetition_of_all"),
    path("jobs/<int:job_id>/repetition", views.repetition, name="repetition"),
]
