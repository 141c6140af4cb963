//! What people read when a second model judges too, and when none could.

use journeys::language_model::{LanguageModel, Reply, kind_words};
use journeys::program::Home;
use journeys::screen::in_one_line;
use serde_json::json;

use crate::{ANSWER, QUESTION, answers, settings};

/// What every panel of a page begins with.
const PANEL: &str = "<p class=\"score\">";

/// A round of one question that is answered by keyboard, as people read it, and its page.
fn round(home: &Home, config: &str) -> (String, String) {
    let practice = ["--config", config, "practice", "--question", QUESTION, "--follow-ups", "0", "--plain"];
    let round = home.viva(practice).input(format!("{ANSWER}\n")).finish().success();
    let sessions = home.viva(["review"]).finish().success().output;
    let session = sessions.split_whitespace().next().unwrap();
    let page = home.viva(["review", session, "--export", "html"]).finish().success();
    (in_one_line(&round.output), in_one_line(&page.output))
}

#[test]
fn what_two_models_disagree_on_is_unclear_on_the_terminal_and_on_the_page() {
    let home = Home::empty();
    let model = LanguageModel::start(|asked| {
        let mut words = kind_words(asked);
        if asked.form == "marks" && asked.model == "another" {
            let points = words["key_points"].as_object_mut().unwrap();
            *points.values_mut().next().unwrap() = json!({"quote": null, "verdict": "missed"});
        }
        Reply::Says(words)
    });
    let (round, page) = round(&home, &settings(&home, &model.base_url(), "second_model = \"another\""));
    assert!(round.contains("unclear: ") && page.contains("<span class=\"verdict\">unclear</span>"), "{round}");
    for shown in [round, page] {
        assert!(
            shown.contains("Two models judged this answer (a-model, another) and disagree on 1 of its points"),
            "{shown}"
        );
        assert!(shown.contains("two models disagree") || shown.contains("coaches disagree"), "{shown}");
    }
}

#[test]
fn whoever_makes_every_point_is_asked_a_bonus_question_that_is_not_scored() {
    let (home, model) = (Home::empty(), LanguageModel::kind());
    let run = home.viva(["practice", "--question", QUESTION, "--plain"]).judged_by_model_at(&model.base_url());
    let round = in_one_line(
        &run.input(format!("{ANSWER}\nReference counting frees a value early too.\n")).finish().success().output,
    );
    let (main, bonus) = round.split_once("Bonus question").unwrap_or_else(|| panic!("{round}"));
    assert!(main.contains("Correctness 10.0 of 10"), "{round}");
    // The bonus answer has no score, and the summary keeps that of the question.
    assert_eq!(bonus.matches("Correctness").count(), 1, "{round}");
    assert!(bonus.contains("This was a bonus question beyond the rubric: it is not scored."), "{round}");
    assert!(bonus.contains("Correctness 10.0 of 10 "), "{round}");
}

#[test]
fn the_setting_decides_whether_an_answer_stays_ungraded_or_the_offline_coach_steps_in() {
    let model = answers(404, "text/html", "<html></html>");
    let home = Home::empty();
    let (round, page) = self::round(&home, &settings(&home, &model.base_url(), "on_failure = \"stay_ungraded\""));
    assert!(round.contains("Not graded: ") && !round.contains("of 10"), "{round}");
    assert!(page.contains("Not graded: ") && !page.contains(PANEL), "{page}");
    for shown in [round, page] {
        assert!(shown.contains("answers with a web page"), "{shown}");
    }
    let home = Home::empty();
    let (round, page) = self::round(&home, &settings(&home, &model.base_url(), "on_failure = \"offline\""));
    assert!(round.contains("of 10") && page.contains(PANEL), "{round}");
    for shown in [round, page] {
        assert!(shown.contains("The language model could not judge this answer"), "{shown}");
        assert!(shown.contains("so the offline coach did."), "{shown}");
    }
}
