//! A candidate decides about points of which the model could not tell whether they were made.

use journeys::language_model::{LanguageModel, Reply};
use journeys::program::Home;
use journeys::screen::{in_one_line, press};
use serde_json::json;

use crate::{QUESTION, SHORT_ANSWER, of_short_answer};

/// How long a terminal may show nothing new, in milliseconds.
const LIMIT: u64 = 60_000;

#[test]
fn unclear_points_are_asked_about_once_and_every_mark_can_be_changed_and_the_review_shows_who_decided() {
    let model = LanguageModel::start(|asked| {
        let mut words = of_short_answer(asked);
        if asked.form == "marks" {
            for point in ["one-owner", "dropped-at-scope-end"] {
                words["key_points"][point] = json!({"quote": null, "verdict": "unclear"});
            }
        }
        Reply::Says(words)
    });
    let home = Home::empty();
    let arguments = ["practice", "--question", QUESTION, "--follow-ups", "0", "--typed", "--mute", "--no-sureness"];
    let run = home.viva(arguments).judged_by_model_at(&model.base_url());
    let mut terminal = rexpect::session::spawn_command(run.at_terminal(), Some(LIMIT)).unwrap();
    press(&mut terminal, "Enter", &format!("{SHORT_ANSWER}\r\r"));
    press(&mut terminal, "Did you say that", "y");
    press(&mut terminal, "Did you say that", "\r");
    press(&mut terminal, "continue", "d");
    press(&mut terminal, "change a mark", "3");
    press(&mut terminal, "missed: ", "");
    press(&mut terminal, "y I said that", "y");
    press(&mut terminal, "(by you)", "");
    press(&mut terminal, "b back to the feedback", "b");
    press(&mut terminal, "continue", "q");
    press(&mut terminal, "Enter done", "\r");
    terminal.exp_eof().unwrap();

    let listed = home.viva(["review", "--json"]).finish().success().json();
    let id = listed["sessions"][0]["id"].as_str().unwrap().to_owned();
    let session = home.viva(["review", &id, "--json"]).finish().success().json();
    let points = session["turns"][0]["feedback"]["correctness"]["key_points"].as_array().unwrap();
    let told: Vec<_> = points[..3].iter().map(|point| [&point["verdict"], &point["decided_by"]]).collect();
    assert_eq!(told, [["hit", "candidate"], ["unclear", "coach"], ["hit", "candidate"]]);
    let review = in_one_line(&home.viva(["review", &id, "--plain"]).finish().success().output);
    assert_eq!(review.matches("(by you)").count(), 2, "{review}");
}
