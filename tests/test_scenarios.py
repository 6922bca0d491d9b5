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
BOOKING: dict[str, tuple[str, ...]] = {
    "1. an empty day has fifteen starts": (
        "offers/booking/test_availability.py::test_an_empty_day_offers_every_half_hour",
    ),
    "2. what ends at ten does not touch what begins at ten": (
        "offers/booking/test_availability.py::test_what_ends_at_ten_does_not_touch_what_starts_at_ten",
    ),
    "3. free time after is kept free": (
        "offers/booking/test_availability.py::test_a_buffer_after_needs_free_time_after",
    ),
    "4. free time after may pass closing, or not": (
        "offers/booking/test_availability.py::test_a_buffer_after_may_run_past_closing",
        "offers/booking/test_availability.py::test_buffers_kept_inside_hours_shorten_the_day_at_both_ends",
    ),
    "5. free time before may begin before opening, or not": (
        "offers/booking/test_availability.py::test_a_buffer_before_may_begin_before_opening",
        "offers/booking/test_availability.py::test_buffers_kept_inside_hours_shorten_the_day_at_both_ends",
    ),
    "6. the free times of two bookings add up": (
        "offers/booking/test_availability.py::test_buffers_of_two_services_add_up",
    ),
    "7. list and check see the same free time of an earlier booking": (
        "offers/booking/test_availability.py::test_an_earlier_bookings_buffer_is_seen_by_the_list_and_by_the_check",
    ),
    "8. free time does not reach into a closure": (
        "offers/booking/test_availability.py::test_a_buffer_may_not_reach_into_a_closure",
    ),
    "9. notice counts from now": (
        "offers/booking/test_availability.py::test_notice_counts_from_now",
        "offers/booking/test_availability.py::test_seconds_never_let_a_start_slip_under_the_notice",
    ),
    "10. notice is elapsed time over a change of clocks": (
        "offers/booking/test_availability.py::test_notice_is_elapsed_time_over_a_clock_change",
    ),
    "11. the horizon ends with a whole day": (
        "offers/booking/test_availability.py::test_the_horizon_ends_with_a_whole_day",
    ),
    "12. a visitor in Auckland is offered the same instants": (
        "offers/booking/test_engine.py::test_a_visitor_in_auckland_is_offered_the_same_instants",
    ),
    "13. Kathmandu": ("offers/booking/test_availability.py::test_kathmandu_starts_on_its_own_half_hours",),
    "14. the night that loses an hour": (
        "offers/booking/test_availability.py::test_the_night_that_loses_an_hour_has_five_starts",
    ),
    "15. the night that gains an hour": (
        "offers/booking/test_availability.py::test_the_night_that_gains_an_hour_has_seven_starts",
    ),
    "16. a window that opens in the gap": (
        "offers/booking/test_availability.py::test_a_window_that_opens_inside_the_gap_opens_at_its_end",
    ),
    "17. an afternoon in New York on the day of the change": (
        "offers/booking/test_availability.py::test_an_afternoon_on_a_change_day_is_not_shifted",
    ),
    "18. a time that does not exist is refused by the API": (
        "offers/booking/test_api.py::test_bad_wishes_are_refused_and_leave_nothing",
    ),
    "19. Lord Howe": ("offers/booking/test_availability.py::test_lord_howe_moves_by_half_an_hour_exactly",),
    "20. a series keeps its time on the wall": (
        "offers/booking/test_series.py::test_ten_oclock_stays_ten_oclock_when_the_clocks_change",
    ),
    "21. hours past midnight belong to the day that opened": (
        "offers/booking/test_availability.py::test_hours_past_midnight_belong_to_the_day_that_opened",
        "offers/booking/test_engine.py::test_after_midnight_counts_for_the_evening_that_opened",
    ),
    "22. a special day replaces the weekday": (
        "offers/booking/test_availability.py::test_a_special_day_replaces_the_weekday",
    ),
    "23. a closure over three bookings cancels none": (
        "offers/booking/test_engine.py::test_a_closure_over_three_bookings_cancels_none_and_names_them",
    ),
    "24. a room that is taken hides the time, and only the owner learns why": (
        "offers/booking/test_engine.py::test_a_room_that_is_taken_hides_the_time_and_only_the_owner_learns_why",
    ),
    "25. person and room in opposite orders": (
        "races/test_engine.py::test_a_person_and_a_room_in_opposite_orders_have_one_winner_and_no_deadlock",
    ),
    "26. a pool of six takes six of many": (
        "races/test_engine.py::test_a_pool_of_six_takes_six_and_tells_the_others_what_is_left",
    ),
    "27. a floating pool deals its units anew": (
        "offers/booking/test_engine.py::test_a_floating_pool_deals_its_units_anew",
        "offers/booking/test_stay_bookings.py::test_a_floating_pool_moves_others_together_under_the_lock",
    ),
    "28. a class of ten, and who waits is offered the place": (
        "races/test_classes.py::test_many_clients_on_ten_places_take_exactly_ten",
        "offers/booking/test_classes.py::test_the_first_who_waits_is_offered_the_place_and_keeps_it_until_the_deadline",
    ),
    "29. a party of three with two places left is refused whole": (
        "offers/booking/test_classes.py::test_a_party_that_does_not_fit_is_refused_whole",
    ),
    "30. a hold of fifteen minutes, to the second": (
        "offers/booking/test_holds.py::test_a_hold_of_fifteen_minutes_keeps_others_out_for_fifteen_minutes",
        "offers/booking/test_charging.py::test_30_a_hold_keeps_its_time_to_the_second_and_not_longer",
    ),
    "31. paid when somebody else has it": (
        "offers/booking/test_holds.py::test_money_after_somebody_else_took_it_is_paid_late_and_both_are_told_once",
        "offers/booking/test_charging.py::test_31_paid_when_somebody_else_has_the_time_the_money_goes_back_by_itself",
    ),
    "32. paid late with nobody else": (
        "offers/booking/test_holds.py::test_money_after_the_hold_takes_the_time_again_if_nobody_has_it",
        "offers/booking/test_charging.py::test_32_paid_late_with_nobody_else_the_time_is_taken_again",
    ),
    "33. one message three times": (
        "offers/booking/test_charging.py::test_33_the_same_message_three_times_and_out_of_order_is_one_transition_and_one_mail",
    ),
    "34. a double click is one booking": (
        "offers/booking/test_public_flow.py::test_a_double_click_books_once",
        "offers/booking/test_lifecycle.py::test_a_repeat_with_the_same_key_is_the_same_booking",
    ),
    "35. a move into one's own old time": (
        "offers/booking/test_lifecycle.py::test_a_booking_may_move_into_its_own_old_time",
        "offers/booking/test_lifecycle.py::test_a_refused_move_leaves_the_old_time",
    ),
    "36. many move to one time": (
        "races/test_booking.py::test_twelve_moves_to_one_slot_move_one_and_leave_the_others",
    ),
    "37. two requests for one time, both accepted": (
        "offers/booking/test_holds.py::test_of_two_requests_that_reserve_nothing_the_first_accepted_wins",
        "races/test_engine.py::test_of_many_requests_for_one_time_all_accepted_at_once_one_is",
    ),
    "38. a coupon for one use": (
        "races/test_coupons.py::test_a_single_use_coupon_has_one_winner",
        "offers/booking/test_charging.py::test_38_a_code_that_a_hold_took_is_free_when_the_hold_ends_and_stays_used_after_the_cut_off",
    ),
    "39. stays back to back, hours between them, a night of nineteen hours": (
        "offers/booking/test_nights.py::test_stays_stand_back_to_back",
        "offers/booking/test_nights.py::test_day_use_fits_between_the_one_that_leaves_and_the_one_that_comes",
        "offers/booking/test_nights.py::test_the_night_when_clocks_go_forward_is_one_night_of_nineteen_hours",
        "offers/booking/test_stay_bookings.py::test_back_to_back_is_booked_and_across_is_refused_with_other_arrivals",
    ),
    "40. a series with a date that is taken": (
        "offers/booking/test_series.py::test_a_date_that_is_taken_saves_nothing_and_is_named",
    ),
}
PROMISED = {*range(1, 16), *range(19, 24), 32, 34}


@cache
def named_in(file: str) -> frozenset[str]:
    path = TESTS / file
    return frozenset(re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)) if path.is_file() else frozenset()


@pytest.mark.parametrize("tests", [*SCENARIOS.values(), *BOOKING.values()], ids=[*SCENARIOS, *BOOKING])
def test_a_scenario_is_tried_by_tests_that_exist(tests: tuple[str, ...]):
    assert [test for test in tests if test.partition("::")[2] not in named_in(test.partition("::")[0])] == []


def test_every_promised_scenario_is_listed():
    assert {int(scenario.partition(".")[0]) for scenario in SCENARIOS} >= PROMISED
    assert [int(scenario.partition(".")[0]) for scenario in BOOKING] == [*range(1, 41)]
