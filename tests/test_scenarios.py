"""The scenarios that we promise to withstand, each with the tests that try it. A test that is renamed or gone is missed
here; a scenario without a test cannot be listed."""

import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

SCENARIOS: dict[str, tuple[str, ...]] = {
    "1. signing in with an unknown and a known address answers alike, in text and in work": (
        "platform/accounts/test_sign_in.py::test_a_wrong_password_and_an_unknown_address_answer_the_same",
        "platform/accounts/test_sign_in.py::test_asking_for_a_code_never_tells_whether_there_is_an_account",
        "platform/accounts/test_devices.py::test_an_unknown_address_costs_the_same_work_as_a_known_one",
    ),
    "2. the sixth bad password waits, and the owner still gets in": (
        "platform/accounts/test_sign_in.py::test_after_five_wrong_passwords_the_right_one_waits_but_a_code_still_works",
        "platform/accounts/test_devices.py::test_who_guesses_elsewhere_does_not_lock_the_owner_out_of_a_known_device",
        "races/test_sign_in.py::test_of_twenty_passwords_guessed_at_once_five_are_tried",
    ),
    "3. a code to sign in is dead after wrong tries": (
        "platform/accounts/test_devices.py::test_a_code_to_sign_in_is_dead_after_three_wrong_ones",
    ),
    "4. a reset works once and ends all other sessions": (
        "platform/accounts/test_devices.py::test_a_reset_works_once_and_ends_all_other_sessions",
    ),
    "5. a Google account with somebody's address takes nothing over": (
        "platform/accounts/test_google.py::test_a_password_account_is_never_taken_over_by_its_address",
        "platform/accounts/test_google.py::test_an_address_that_google_has_not_confirmed_opens_nothing",
    ),
    "6. a parked session whose password changed is refused and dropped": (
        "platform/accounts/test_several.py::test_a_changed_password_ends_what_was_parked",
        "platform/accounts/test_several.py::test_a_forged_cookie_opens_nothing",
    ),
    "7. a session cookie on a domain of a site is ignored": (
        "config/test_border.py::test_a_platform_session_is_nobody_on_another_host",
        "platform/projects/test_domains.py::test_no_dashboard_and_no_session_on_a_domain",
    ),
    "8. an organization asks for a second step: without one, only how to set it up": (
        "platform/organizations/test_second_step.py::test_from_the_day_on_whoever_has_none_sees_only_how_to_set_it_up",
        "platform/organizations/test_second_step.py::test_the_api_keeps_them_out_too_and_the_keys_that_they_made",
    ),
    "9. a recovery code works once": ("platform/accounts/test_sign_in.py::test_a_recovery_code_works_once",),
    "10. a code of the app is refused the second time, in another process too": (
        "platform/accounts/test_sign_in.py::test_a_second_step_code_works_once",
        "platform/accounts/test_sign_in.py::test_a_code_used_in_one_process_is_refused_in_another",
        "platform/accounts/test_again.py::test_the_code_that_switched_the_second_step_on_signs_nobody_in",
    ),
    "11. an invitation opened by another person is refused in neutral words": (
        "platform/organizations/test_invitations.py::test_whatever_is_wrong_with_a_link_the_answer_is_the_same",
    ),
    "12. staff who would make themselves owner are refused and noted": (
        "platform/projects/test_access.py::test_staff_who_would_make_themselves_owner_are_refused_and_noted",
    ),
    "13. of two owners who leave at once one stays": (
        "platform/organizations/test_membership.py::test_of_two_owners_who_go_at_once_one_stays",
    ),
    "14. a key of one project finds nothing of another": (
        "platform/webapi/test_guard.py::test_what_belongs_to_another_project_is_not_found_by_its_id",
        "platform/webapi/test_guard.py::test_a_key_for_one_project_does_not_reach_its_sister",
        "platform/webapi/test_guard.py::test_no_operation_answers_without_the_key_the_project_or_the_permission",
    ),
    "15. a key that may read may not write": (
        "platform/webapi/test_guard.py::test_no_operation_answers_without_the_key_the_project_or_the_permission",
    ),
    "16. without a project served there are no rows, and an error says so": (
        "core/test_tenancy.py::test_without_a_scope_the_database_shows_nothing",
        "core/test_tenancy.py::test_without_a_scope_the_queryset_says_so",
    ),
    "17. a row of another project cannot be written": ("test_isolation.py::test_nobody_inserts_into_another_project",),
    "18. a row of another project cannot be referenced": (
        "test_isolation.py::test_nobody_references_another_projects_row",
    ),
    "19. after an error in a request the next tenant on the connection sees only its own rows": (
        "config/test_middleware.py::test_nothing_is_served_after_the_answer",
        "core/test_tenancy.py::test_the_pool_hands_out_connections_that_remember_nothing",
        "core/test_tenancy.py::test_a_scope_that_fails_gives_the_outer_one_back",
        "races/test_tenancy.py::test_no_piece_of_work_sees_another_projects_rows",
    ),
    "20. whoever looks from the platform touches no key, and the owner sees the visit": (
        "platform/organizations/test_support.py::test_a_visit_never_touches_members_keys_or_the_log",
        "platform/organizations/test_support.py::test_owners_see_the_visit_and_every_page_of_it",
        "oversight/operations/test_console.py::test_an_operators_look_stands_in_the_log_of_the_organization",
    ),
    "21. a page of a tenant's site cannot post to the dashboard": (
        "config/test_border.py::test_a_tenants_page_cannot_post_to_the_dashboard",
        "config/test_border.py::test_an_unsafe_request_comes_from_our_own_origin",
    ),
    "22. an unknown host learns nothing": (
        "config/test_border.py::test_every_other_host_is_misdirected",
        "config/test_border.py::test_an_unknown_host_learns_nothing_of_the_others",
    ),
    "23. a domain whose proof stands is nobody else's": (
        "platform/projects/test_domains.py::test_while_a_proof_stands_nobody_else_adds_the_domain",
        "platform/projects/test_domains.py::test_another_projects_value_proves_nothing",
    ),
    "24. a webhook to an address written in decimal, hex or as IPv6 is not sent": (
        "core/test_http.py::test_no_way_of_writing_it_opens_a_connection",
        "platform/webhooks/test_pages.py::test_an_address_that_is_not_public_is_refused_beside_the_field",
        "platform/webhooks/test_delivering.py::test_an_address_inside_is_never_called",
    ),
    "25. a name that turns to an address inside after the check is never reached": (
        "core/test_http.py::test_a_name_is_asked_once_and_its_checked_address_is_used",
        "core/test_http.py::test_a_name_that_turns_to_this_machine_is_never_reached",
    ),
    "26. a redirect to an address inside is not followed": (
        "platform/webhooks/test_delivering.py::test_a_redirect_is_not_followed",
    ),
    "32. a very large body without a length is refused early": (
        "core/test_bodies.py::test_an_endless_chunked_body_is_read_no_further_than_the_cap",
        "config/test_headers.py::test_every_kind_of_answer_has_the_whole_grade",
    ),
    "34. of 300 hits at once on a limit of 20, 20 pass": (
        "core/test_limits.py::test_of_300_hits_at_once_exactly_20_pass",
    ),
    "40. a new cookie, host or field without its classification, or a text without a new version, is found": (
        "test_architecture.py::test_every_stored_field_is_classified",
        "test_architecture.py::test_what_leaves_the_house_is_registered",
        "platform/legal/test_documents.py::test_what_is_compiled_from_the_code_is_what_the_documents_say",
        "platform/legal/test_documents.py::test_no_word_of_a_document_changes_without_a_new_version",
    ),
}
PROMISED = {*range(1, 16), *range(19, 24), 32, 34}


@cache
def named_in(file: str) -> frozenset[str]:
    path = TESTS / file
    return frozenset(re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)) if path.is_file() else frozenset()


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_scenario_is_tried_by_tests_that_exist(scenario: str):
    assert [
        test for test in SCENARIOS[scenario] if test.partition("::")[2] not in named_in(test.partition("::")[0])
    ] == []


def test_every_promised_scenario_is_listed():
    assert {int(scenario.partition(".")[0]) for scenario in SCENARIOS} >= PROMISED
