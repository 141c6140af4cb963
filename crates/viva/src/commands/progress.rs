//! `viva progress`.

use std::path::Path;

use api::client::Client;
use api::progress::{Progress, WeakPoint};
use api::view::standing;
use interview::QuestionId;
use interview::wording::counted;

use super::output::{print, print_json};
use crate::arguments;
use crate::failure::Failure;
use crate::interviewer::Interviewer;
use crate::settings::Settings;
use crate::terminal::{Screen, Streams, progress_lines, question_progress_lines};

/// What a file for Anki begins with (<https://docs.ankiweb.net/importing/text-files.html>).
const ANKI_HEADER: &str = "#separator:tab\n#html:true\n#columns:Front\tBack\n";

pub async fn run(progress: &arguments::Progress, settings: &Settings) -> Result<(), Failure> {
    let interviewer = Interviewer::reach_to_read(settings).await?;
    let result = run_with(progress, settings, interviewer.client()).await;
    interviewer.stop().await?;
    result
}

async fn run_with(arguments: &arguments::Progress, settings: &Settings, client: &Client) -> Result<(), Failure> {
    let progress = narrowed(
        client.progress(&settings.practice.clone().unwrap_or_default().progress_query()).await?,
        &arguments.subject,
    )?;
    if let Some(question) = &arguments.question {
        return show_question(&progress, question, arguments.json, settings);
    }
    if let Some(path) = &arguments.anki {
        return export(&progress, path, client).await;
    }
    if arguments.json {
        return print_json(&progress);
    }
    if progress.subjects.iter().all(|subject| subject.standing.attempted == 0) {
        if let Some(left) = &progress.remaining {
            print(&(standing::remaining(left) + "\n"))?;
        }
        eprintln!("nothing asked yet; start with `{}`", settings.data.command("practice"));
        return Ok(());
    }
    Screen::new(Streams::detect(settings.plain, false)).show(|look| progress_lines(&progress, look));
    Ok(())
}

fn show_question(progress: &Progress, id: &QuestionId, json: bool, settings: &Settings) -> Result<(), Failure> {
    let known = progress.questions.iter().find(|known| known.question == id.as_str()).ok_or_else(|| {
        let command = settings.data.command(&format!("practice --question {id}"));
        Failure::new(format!("the question `{id}` was not asked yet")).help(format!("to be asked it: {command}"))
    })?;
    if json {
        return print_json(known);
    }
    let mut screen = Screen::new(Streams::detect(settings.plain, false));
    screen.show(|look| question_progress_lines(known, progress.as_of, look));
    Ok(())
}

/// The progress in these subjects, or in all when none is named.
fn narrowed(mut progress: Progress, subjects: &[String]) -> Result<Progress, Failure> {
    if subjects.is_empty() {
        return Ok(progress);
    }
    let known: Vec<&str> = progress.subjects.iter().map(|subject| subject.subject.as_str()).collect();
    if let Some(unknown) = subjects.iter().find(|subject| !known.contains(&subject.as_str())) {
        return Err(Failure::new(format!("there is no subject `{unknown}`; the subjects are {}", known.join(", "))));
    }
    progress.subjects.retain(|subject| subjects.contains(&subject.subject));
    let subjects = &progress.subjects;
    let has_topic = |topic: &str| subjects.iter().flat_map(|subject| &subject.topics).any(|it| it.topic == topic);
    progress.questions.retain(|question| has_topic(&question.topic));
    progress.weak_points.retain(|weak| has_topic(&weak.topic));
    Ok(progress)
}

/// Writes a card for each weak point.
async fn export(progress: &Progress, path: &Path, client: &Client) -> Result<(), Failure> {
    let mut cards = ANKI_HEADER.to_owned();
    for weak in &progress.weak_points {
        // It was answered, so its answer is no secret.
        let question = client.question(&weak.question).await?;
        cards += &card(weak, question.answer.as_ref().map(|answer| answer.model_answer.as_str()));
    }
    tokio::fs::write(path, cards).await.map_err(|error| {
        Failure::new(format!("cannot write {}: {error}", path.display())).help("choose another file with --anki")
    })?;
    eprintln!("wrote {} to {}", counted(progress.weak_points.len(), "card"), path.display());
    Ok(())
}

/// A card on one line: what asks for the point, then the point and the question's model answer.
fn card(weak: &WeakPoint, model_answer: Option<&str>) -> String {
    let front = format!("<b>{}</b><br>{}", html(&weak.title), html(&weak.probe));
    let why = model_answer.map(|answer| format!("<br><br>{}", html(answer))).unwrap_or_default();
    format!("{front}\t{}{why}\n", html(&weak.summary))
}

/// Text as HTML on one line. A quotation mark at the start of a field would begin a quoted one.
fn html(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_one_line_of_two_fields_whatever_is_in_it() {
        let weak = WeakPoint {
            question: "ownership-why".to_owned(),
            title: "What Vec<T>\tmeans".to_owned(),
            topic: "ownership".to_owned(),
            key_point: "dropped".to_owned(),
            summary: "\"dropped\" & gone\nat the end".to_owned(),
            probe: "When?".to_owned(),
            core: true,
            due: jiff::Timestamp::UNIX_EPOCH,
        };
        let expected = "<b>What Vec&lt;T&gt; means</b><br>When?\t&quot;dropped&quot; &amp; gone at the end";
        assert_eq!(card(&weak, None), format!("{expected}\n"));
        assert_eq!(card(&weak, Some("It is.\nReally.")), format!("{expected}<br><br>It is. Really.\n"));
    }
}
