"""`operator` is mounted under operator/ on the platform's host, `public` at its root."""

from django.urls import path

from flectar.oversight.operations.views import (
    accounts,
    domains,
    health,
    jobs,
    letters,
    limits,
    organizations,
    projects,
    support,
    switches,
)

operator = [
    path("", health.index, name="index"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/repetition", jobs.repetition_of_all, name="repetition_of_all"),
    path("jobs/<int:job_id>/repetition", jobs.repetition, name="repetition"),
    path("accounts/", accounts.index, name="accounts"),
    path("accounts/<uuid:account_id>", accounts.account, name="account"),
    path("accounts/<uuid:account_id>/closing", accounts.closing, name="account_closing"),
    path("accounts/<uuid:account_id>/opening", accounts.opening, name="account_opening"),
    path("accounts/<uuid:account_id>/sessions/ending", accounts.sessions_ending, name="account_sessions_ending"),
    path("accounts/<uuid:account_id>/password/ending", accounts.password_ending, name="account_password_ending"),
    path("organizations/", organizations.index, name="organizations"),
    path("organizations/<uuid:organization_id>", organizations.organization, name="organization"),
    path("organizations/<uuid:organization_id>/own-text", organizations.own_text, name="own_text"),
    path(
        "organizations/<uuid:organization_id>/own-text/withdrawal", organizations.withdrawal, name="own_text_withdrawal"
    ),
    path("organizations/<uuid:organization_id>/support", support.new, name="support_new"),
    path("support/<uuid:visit_id>", support.visit, name="support_visit"),
    path("support/<uuid:visit_id>/ending", support.ending, name="support_ending"),
    path("projects/", projects.index, name="projects"),
    path("projects/<uuid:subject_id>", projects.project, name="project"),
    path("projects/<uuid:subject_id>/suspension", projects.suspending, name="project_suspension"),
    path("projects/<uuid:subject_id>/suspension/answer", projects.lifting, name="project_suspension_answer"),
    path("domains/", domains.index, name="domains"),
    path("letters/", letters.index, name="letters"),
    path("letters/<uuid:letter_id>", letters.letter, name="letter"),
    path("letters/<uuid:letter_id>/reopening", letters.reopening, name="letter_reopening"),
    path("limits/", limits.index, name="limits"),
    path("switches/", switches.index, name="switches"),
    path("access-log/", health.access_log, name="access_log"),
]

public = [
    path("status", health.status, name="status"),
    path("legal/cookies/check", health.cookies, name="cookies"),
]
