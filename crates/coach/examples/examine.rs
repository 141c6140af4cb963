//! Prints what the offline coach sees in answers, for `judging/training`: reads JSON lines with `question` and `answer`, and writes each with
//! `passages` and `likeness` (by passage, then by claim) added.

#[path = "../tests/support/bank.rs"]
mod bank;

use std::io::BufRead;

use coach::OfflineCoach;
use interview::Transcript;
use interview::follow_up::Rubric;
use interview::judging::Assignment;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let bank = bank::built_in();
    let coach = OfflineCoach::new(bank.questions());
    for line in std::io::stdin().lock().lines() {
        let mut row: serde_json::Value = serde_json::from_str(&line?)?;
        let question = bank.questions().iter().find(|question| row["question"] == question.id.as_str());
        let question = question.ok_or("no such question")?;
        let transcript = Transcript::typed(row["answer"].as_str().ok_or("no answer")?);
        let rubric = Rubric::of(question, None);
        let (passages, likeness) = coach.examine(&Assignment::to_question(question, &rubric, &transcript));
        row["seen"] = serde_json::json!({ "passages": passages, "likeness": likeness });
        println!("{row}");
    }
    Ok(())
}
