"""`platform` is mounted at the root of the platform's host, `organizations` under organizations/, `invited` under
invitations/, `settings` under /<project>/settings/."""

from django.urls import path

from flectar.platform.projects.views import (
    business,
    domains,
    ending,
    handover,
    history,
    hours,
    invitations,
    legal,
    log,
    places,
    roles,
    safety,
    start,
    team,
)

platform = [
    path("", start.start, name="start"),
    path("projects", start.chooser, name="chooser"),
    path("projects/new", start.new, name="new"),
]

organizations = [
    path("<uuid:organization_id>/", team.organization_page, name="organization"),
    path("<uuid:organization_id>/data-agreement", legal.agreement, name="agreement"),
    path("<uuid:organization_id>/departure", team.departure, name="departure"),
    path("<uuid:organization_id>/members/restoration", team.organization_member_restoration, name="member_restoration"),
    path("<uuid:organization_id>/members/<uuid:membership_id>", team.organization_member, name="member"),
    path(
        "<uuid:organization_id>/members/<uuid:membership_id>/removal",
        team.organization_member_removal,
        name="member_removal",
    ),
    path("<uuid:organization_id>/security", safety.page, name="security"),
    path("<uuid:organization_id>/security/export", safety.export, name="security_export"),
    path("<uuid:organization_id>/security/two-step", safety.second_step_policy, name="second_step"),
    path("<uuid:organization_id>/security/two-step/end", safety.second_step_end, name="second_step_end"),
    path("<uuid:organization_id>/security/support", safety.support_door, name="support"),
    path("<uuid:organization_id>/security/support/end", safety.support_end, name="support_end"),
    path("<uuid:organization_id>/handover/new", handover.new, name="handover_new"),
    path("<uuid:organization_id>/handover/<uuid:handover_id>", handover.page, name="handover"),
    path(
        "<uuid:organization_id>/handover/<uuid:handover_id>/acceptance",
        handover.acceptance,
        name="handover_acceptance",
    ),
    path("<uuid:organization_id>/handover/<uuid:handover_id>/undoing", handover.undoing, name="handover_undoing"),
    path(
        "<uuid:organization_id>/handover/<uuid:handover_id>/withdrawal",
        handover.withdrawal,
        name="handover_withdrawal",
    ),
    path("<uuid:organization_id>/roles", roles.index, name="roles"),
    path("<uuid:organization_id>/roles/new", roles.new, name="role_new"),
    path("<uuid:organization_id>/roles/restoration", roles.restoration, name="role_restoration"),
    path("<uuid:organization_id>/roles/<uuid:role_id>", roles.edit, name="role"),
    path("<uuid:organization_id>/roles/<uuid:role_id>/removal", roles.removal, name="role_removal"),
    path("<uuid:organization_id>/invitations/new", invitations.new, name="invitation_new"),
    path(
        "<uuid:organization_id>/invitations/<uuid:invitation_id>/sending",
        invitations.sending,
        name="invitation_sending",
    ),
    path(
        "<uuid:organization_id>/invitations/<uuid:invitation_id>/withdrawal",
        invitations.withdrawal,
        name="invitation_withdrawal",
    ),
]

offered = [path("<str:token>", ending.offer, name="offer")]

invited = [path("<str:token>", invitations.invitation, name="invitation")]

settings = [
    path("", business.index, name="index"),
    path("business", business.business, name="business"),
    path("hours", hours.week, name="hours"),
    path("hours/special-days", hours.special_days, name="special_days"),
    path("hours/special-days/restoration", hours.special_day_restoration, name="special_day_restoration"),
    path("hours/special-days/<uuid:special_day_id>/removal", hours.special_day_removal, name="special_day_removal"),
    path("locations", places.locations, name="locations"),
    path("locations/new", places.new, name="location_new"),
    path("locations/restoration", places.restoration, name="location_restoration"),
    path("locations/<uuid:location_id>", places.location, name="location"),
    path("locations/<uuid:location_id>/hours", places.hours, name="location_hours"),
    path("locations/<uuid:location_id>/removal", places.removal, name="location_removal"),
    path("place", business.place, name="place"),
    path("address", business.address, name="address"),
    path("domains", domains.domains, name="domains"),
    path("domains/home", domains.home, name="domain_home"),
    path("domains/restoration", domains.restoration, name="domain_restoration"),
    path("domains/<uuid:domain_id>/look", domains.look, name="domain_look"),
    path("domains/<uuid:domain_id>/removal", domains.removal, name="domain_removal"),
    path("project", ending.project, name="project"),
    path("project/deletion", ending.deletion, name="deletion"),
    path("project/restoration", ending.restoration, name="restoration"),
    path("project/transfer", ending.transfer, name="transfer"),
    path("project/transfer/withdrawal", ending.transfer_withdrawal, name="transfer_withdrawal"),
    path("project/exports", ending.exports, name="exports"),
    path("project/exports/<uuid:export_id>", ending.export, name="export"),
    path("suspension", ending.suspension, name="suspension"),
    path("modules", business.switches, name="modules"),
    path("team", team.team, name="team"),
    path("team/restoration", team.member_restoration, name="member_restoration"),
    path("team/<uuid:membership_id>", team.member, name="member"),
    path("team/<uuid:membership_id>/removal", team.member_removal, name="member_removal"),
    path("history/<slug:page>", history.history, name="history"),
    path("history/<slug:page>/<uuid:entry_id>/restoration", history.restoration, name="history_restoration"),
    path("log", log.log, name="log"),
    path("log/export", log.export, name="log_export"),
]
