//! What every store has to do, whichever database stands behind it. Each back end runs all of it on a database of its own.

pub mod answers;
pub mod attempts;
pub mod fixtures;
pub mod judgings;
pub mod queue;
pub mod sessions;

/// Runs every contract test on a store that `$open` opens: an async function that gives the store and what has to outlive it.
macro_rules! contract {
    ($open:path) => {
        contract!(@tests $open, sessions:
            a_session_is_read_back_as_it_was_created,
            an_unknown_session_or_turn_is_not_found,
            an_id_is_used_once,
            a_turn_asks_a_question_of_its_session,
            finishing_twice_keeps_the_first_time,
            sessions_are_listed_newest_first_page_by_page,
            a_page_stays_put_while_sessions_come_and_go,
            sessions_are_filtered_by_topic_words_and_state,
            listed_sessions_have_the_mean_score_of_their_main_answers,
            the_version_of_a_session_grows_with_every_change,
            a_question_is_answered_once_a_turn_about_it_is_over,
            a_deleted_session_leaves_nothing_but_its_name_until_its_recordings_are_deleted);
        contract!(@tests $open, answers:
            words_go_to_the_coach_and_sound_is_transcribed_first,
            the_same_key_again_changes_nothing,
            the_same_key_with_another_body_is_refused,
            a_second_answer_is_refused_and_the_first_kept,
            one_of_two_answers_at_once_wins,
            silence_is_kept_and_not_judged,
            skipping_is_recorded_and_excludes_answering,
            hints_are_counted_until_the_answer,
            how_sure_the_candidate_is_stays_with_a_settled_answer,
            the_wordings_of_a_question_come_in_the_order_in_which_they_were_asked,
            a_finished_session_takes_no_answers_and_knows_those_it_has);
        contract!(@tests $open, attempts:
            a_question_that_still_waits_is_no_attempt,
            what_became_of_each_turn_is_told,
            follow_ups_belong_to_their_question_and_sessions_come_in_order,
            a_question_about_one_point_is_a_follow_up_without_an_answer_before_it,
            an_attempt_has_the_newest_verdicts_and_the_decisions_about_them,
            a_finished_session_has_no_attempt_that_goes_on,
            a_real_interview_goes_on_until_it_is_finished);
        contract!(@tests $open, judgings:
            words_of_a_recording_are_judged_in_the_same_judging,
            feedback_settles_a_turn_once,
            a_follow_up_is_asked_once,
            a_session_that_was_finished_meanwhile_gets_no_follow_up,
            an_answer_that_could_not_be_judged_is_kept_with_the_reason,
            a_recording_without_words_takes_no_feedback,
            regrading_keeps_the_earlier_feedback,
            a_correction_overtakes_the_judging_under_way,
            a_correction_leaves_the_words_that_were_judged_before,
            the_judgings_of_a_session_come_by_place,
            a_correction_is_of_the_answer_that_was_given,
            a_recording_that_could_not_be_transcribed_can_be_tried_again,
            there_is_nothing_to_regrade_before_an_answer,
            a_decision_is_kept_in_the_turn_and_in_the_judging_that_it_shows,
            decisions_outlive_the_judging_that_they_were_made_on,
            only_marks_that_there_are_can_be_decided_on);
        contract!(@tests $open, queue:
            an_answer_is_a_job_until_its_result_is_stored,
            an_answer_sent_twice_is_one_job,
            the_oldest_answer_comes_first,
            a_recording_goes_from_one_lane_to_the_other_and_starts_afresh_there,
            a_wish_is_kept_until_the_next_judging,
            what_is_settled_overtaken_or_deleted_is_not_handed_out,
            a_retry_is_not_handed_out_before_its_time,
            a_fresh_job_is_due_whatever_the_clock_says,
            a_lease_that_runs_out_hands_the_job_to_the_next,
            a_released_job_is_as_if_it_had_not_been_taken,
            workers_that_take_at_once_take_different_jobs,
            a_queued_job_is_announced_in_its_lane);
    };
    (@tests $open:path, $module:ident: $($name:ident),+) => {
        mod $module {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    let (store, _keep) = $open().await;
                    crate::contract::$module::$name(store).await;
                }
            )+
        }
    };
}
