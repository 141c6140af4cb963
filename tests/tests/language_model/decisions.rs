//! A candidate decides about points of which the model could not tell whether they were made.

use journeys::language_model::{LanguageModel, Reply};
use journeys::program::Home;
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
    let mut send = |after: &str, keys: &str| {
        terminal.exp_string(after).unwrap();
        terminal.send(keys).unwrap();
        terminal.flush().unwrap();
    };
    send("Enter", &format!("{SHORT_ANSWER}\r\r"));
    send("Did you say that", "y");
    send("Did you say that", "\r");
    send("continue", "d");
    send("change a mark", "3");
    send("missed: ", "");
    send("y I said that", "y");
    send("(by you)", "");
    send("b back to the feedback", "b");
    send("continue", "q");
    send("Enter done", "\r");
    terminal.exp_eof().unwrap();

    let listed = home.viva(["review", "--json"]).finish().success().json();
    let id = listed["sessions"][0]["id"].as_str().unwrap().to_owned();
    let session = home.viva(["review", &id, "--json"]).finish().success().json();
    let points = session["turns"][0]["feedback"]["correctness"]["key_points"].as_array().unwrap();
    let told: Vec<_> = points[..3].iter().map(|point| [&point["verdict"], &point["decided_by"]]).collect();
    assert_eq!(told, [["hit", "candidate"], ["unclear", "coach"], ["hit", "candidate"]]);
    let review = home.viva(["review", &id, "--plain"]).finish().success().output;
    let review = review.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(review.matches("(by you)").count(), 2, "{review}");
}
