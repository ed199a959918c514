//! The suite as a macro: one test per case.

/// Makes one test of every case of [`mod@crate::conformance`], each with a fresh store.
///
/// It takes an async expression that gives a [`crate::Setup`]: an `Arc<dyn Store>`, or a pair of one and whatever must live
/// as long as it. The tests are functions of modules named after the ports, so that `cargo test outbox::` runs one port's.
///
/// ```
/// # mod store {
/// use std::sync::Arc;
///
/// use cj_core::store::Store;
/// use cj_core::store::memory::MemoryStore;
///
/// async fn fresh() -> (Arc<dyn Store>, &'static str) {
///     (Arc::new(MemoryStore::new()), "a guard, for instance a folder that is deleted when it is dropped")
/// }
///
/// cj_testkit::conformance!(fresh());
/// # }
/// ```
#[macro_export]
macro_rules! conformance {
    ($setup:expr) => {
        $crate::conformance_cases! { $setup;
            answered: [
                writes_all_that_answers_change,
                writes_nothing_of_answers_that_were_overtaken,
            ];
            atomicity: [
                inserts_are_all_or_nothing,
                changes_are_all_or_nothing,
                a_dropped_unit_blocks_nothing,
                a_view_shows_no_uncommitted_write,
                a_view_shows_one_state,
                a_failed_call_writes_nothing,
                a_missed_update_changes_nothing,
            ];
            batch: [
                reads_a_batch_as_it_was_inserted,
                reads_every_phase_as_it_was_written,
                refuses_to_insert_a_batch_twice,
                locks_in_order_of_id,
                updates_write_the_whole_state,
                a_stale_version_is_a_conflict,
                an_update_of_a_missing_batch_is_a_conflict,
                a_unit_updates_a_batch_again,
                lists_the_longest_due_first,
                due_is_exact_to_the_microsecond,
                an_update_moves_the_deadline,
                finds_by_id_and_by_name,
                equal_ages_come_in_order_of_id,
                empty_slices_of_batches_do_nothing,
                writes_two_thousand_batches_at_once,
            ];
            comparison: [
                reads_comparisons_as_they_were_inserted,
                refuses_to_insert_a_comparison_twice,
                loads_all_of_a_batch_in_order,
                loads_open_ones_with_their_siblings,
                loads_open_ones_of_several_batches,
                loads_by_id_with_siblings,
                locks_the_batches_of_comparisons,
                updates_the_state_and_leaves_the_question,
                an_update_of_a_missing_comparison_is_a_conflict,
                cancels_what_is_open,
                empty_slices_of_comparisons_do_nothing,
                writes_two_thousand_comparisons_at_once,
            ];
            contention: [
                no_update_is_lost,
                the_slower_of_two_is_told,
                opposite_orders_do_not_deadlock,
                a_message_takes_effect_once,
                a_batch_is_inserted_once,
                relays_share_the_outbox,
            ];
            dead_letter: [
                reads_letters_as_they_were_kept,
                letters_come_newest_first,
                a_letter_is_kept_once_per_consumer,
                keeps_no_letter_and_two_thousand,
            ];
            decision: [
                reads_answers_as_they_were_recorded,
                error_code_is_stored_as_text,
                refuses_to_record_an_answer_twice,
                cells_add_up,
                totals_sum_every_answer,
                an_unsaid_cost_is_none,
                names_the_judge_of_most_verdicts,
                empty_slices_of_answers_do_nothing,
                records_two_thousand_answers_at_once,
                adds_to_two_thousand_cells_at_once,
            ];
            erasure: [
                erases_words_and_keeps_scores,
                erases_scores_where_they_are_to_go,
                events_that_tell_scores_go_with_them,
                erases_the_batches_that_are_named,
                a_batch_that_goes_on_is_not_erased,
                the_first_erasure_is_remembered,
                lists_what_may_be_erased,
                letters_of_nobody_stay,
                erases_no_batch_and_two_thousand,
            ];
            errors: [
                a_view_refuses_to_write,
                a_conflict_names_its_operation,
            ];
            essay: [
                reads_essays_as_they_were_inserted,
                leaves_out_texts_where_they_are_not_wanted,
                an_essay_is_named_by_its_batch_and_id,
                updates_scores_and_leaves_the_rest,
                an_update_with_a_text_replaces_the_content,
                an_update_of_a_missing_essay_is_a_conflict,
                empty_slices_of_essays_do_nothing,
                writes_two_thousand_essays_at_once,
            ];
            inbox: [
                admits_in_the_order_given_each_once,
                a_message_is_admitted_once,
                a_unit_remembers_what_it_admitted,
                a_message_that_rolled_back_is_admitted_again,
                consumers_do_not_share_an_inbox,
                admits_no_message_and_two_thousand,
            ];
            outbox: [
                claims_messages_as_they_were_appended,
                refuses_to_append_a_message_twice,
                kinds_are_claimed_apart,
                a_question_that_was_sent_is_deleted,
                claims_the_oldest_first,
                equal_ages_are_claimed_in_order,
                one_key_is_claimed_in_order,
                the_key_orders_not_the_batch,
                two_relays_do_not_interleave_a_key,
                a_lease_ends,
                a_message_waits_until_it_is_available,
                what_is_sent_stays_sent,
                a_failed_message_is_tried_again,
                a_parked_message_holds_up_its_key,
                withdraws_questions_of_comparisons,
                withdraws_questions_of_batches,
                events_are_not_withdrawn,
                a_withdrawn_message_frees_its_key,
                depth_says_when_to_come_back,
                settles_many_ways_at_once,
                availability_is_exact_to_the_microsecond,
                moves_no_message_and_two_thousand,
            ];
            outbox_register: [
                shows_messages_as_they_stand,
                lists_each_state_in_its_order,
                only_what_is_parked_is_replayed,
                a_claim_may_pass_what_is_parked,
                a_released_message_was_not_tried,
                discards_what_was_sent_long_ago,
            ];
            random: [
                batches_drawn_at_random,
                rows_of_a_batch_drawn_at_random,
                waves_drawn_at_random,
                messages_drawn_at_random,
            ];
            refusal: [
                a_request_out_of_bounds_is_answered_once,
                poison_that_comes_again_is_put_aside_once,
                poison_under_the_id_of_a_batch_is_not_answered,
            ];
            relay: [
                keys_keep_their_order_and_bytes_with_many_relays,
                what_is_behind_a_parked_event_waits,
                what_is_behind_a_parked_event_may_pass,
                an_event_is_parked_after_its_last_attempt,
                a_receiver_that_is_away_costs_no_attempt,
                what_is_old_is_pruned,
                a_dead_letter_goes_back_to_its_topic,
                draining_relays_send_everything_in_order,
                a_drain_stops_at_trouble_and_keeps_nothing,
            ];
            result: [
                reads_results_as_they_were_put,
                results_come_best_first,
                a_result_put_again_is_replaced,
                writes_no_result_and_two_thousand,
            ];
            wave: [
                reads_waves_as_they_were_put,
                a_wave_put_again_is_replaced,
                scales_keep_every_bit,
                writes_no_wave_and_two_thousand,
            ];
            workflow: [
                cancel_while_verdicts_arrive,
                conflicting_second_verdict_is_kept_for_audit,
                stragglers_count_within_grace,
                error_code_is_stored_as_text,
                retry_is_within_budget,
                budget_is_never_exceeded,
                a_plan_overtaken_by_retries_is_made_again,
                outage_of_a_minute_fails_nothing,
                numeric_grade_scale_completes,
                storage_id_is_not_a_checksum,
                essay_id_is_truncated_with_hash,
                stale_lease_is_taken_over,
                stop_reason_is_true_budget_exhausted,
                stop_reason_is_true_cancelled,
                stop_reason_is_true_duplicate_essay_ids,
                stop_reason_is_true_forced_recovery,
                stop_reason_is_true_insufficient_essays,
                stop_reason_is_true_low_success_rate,
                stop_reason_is_true_no_signal,
                stop_reason_is_true_no_students,
                stop_reason_is_true_no_usable_text,
                stop_reason_is_true_pairs_exhausted,
                stop_reason_is_true_stable,
                stop_reason_is_true_stuck_timeout,
                stop_reason_is_true_target_reliability,
                crash_between_any_two_writes,
                erased_batch_leaves_no_text,
                a_batch_that_goes_on_keeps_its_texts,
                texts_go_after_their_retention_period,
                a_sweep_wakes_all_that_is_due,
                two_sweeps_share_what_is_due,
                one_unreadable_batch_stalls_no_sweep,
                many_unreadable_batches_starve_no_other,
                high_failure_rate_fails_once,
                a_failed_attempt_is_asked_again,
                one_failed_send_does_not_stall,
                one_refused_question_stalls_nothing,
                a_cancelled_batch_asks_no_more,
                a_request_that_cannot_start_fails_at_once,
                given_pairs_keep_order_and_repeats,
                a_given_list_that_cannot_be_asked_is_refused,
                full_batch_lifecycle,
                four_to_eleven_essays_finish_without_monitor,
                a_request_makes_one_batch,
                hundred_concurrent_verdicts,
                partial_completion_at_threshold,
                reliable_scores_end_a_batch,
                assignment_id_flows_from_request_to_results,
                slicing_is_invisible,
                redelivery_changes_nothing,
                order_does_not_change_scores,
                no_batch_is_ever_stuck,
                merging_is_associative,
                progress_is_what_the_batch_counts,
                a_summary_says_what_came_of_a_batch,
                details_hold_every_row_of_a_batch,
                an_erased_batch_is_read_without_words_and_scores,
                what_is_told_is_what_is_stored,
                a_unit_run_again_is_told_once,
                monitor_recovers_stuck_batch,
                monitor_fails_hopeless_batch,
                an_expired_question_is_asked_again,
                an_answer_beside_its_retry_counts_too,
                a_needless_retry_is_not_asked,
                a_dead_workers_batch_is_taken_over,
                the_grace_of_stragglers_ends,
                counting_a_slice_is_six_calls,
                unknown_correlation_is_acknowledged,
                duplicate_verdict_counts_once,
                late_verdict_changes_nothing,
            ];
        }
    };
}

#[doc(hidden)]
#[macro_export]
macro_rules! conformance_cases {
    ($setup:expr; $($suite:ident: [$($case:ident,)*];)*) => {
        async fn conformance_setup() -> impl $crate::Setup {
            $setup.await
        }

        $(mod $suite {
            $(#[test]
            fn $case() {
                $crate::run(async {
                    let setup = super::conformance_setup().await;
                    $crate::conformance::$suite::$case($crate::Setup::store(&setup)).await;
                });
            })*
        })*
    };
}
