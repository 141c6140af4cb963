//! `viva review`.

mod regrade;

use api::client::Client;
use api::session::{Mode, Session, SessionFilter, SessionHead, SessionState};
use api::turn::{Turn, TurnState};
use interview::wording::counted;
use uuid::Uuid;

use super::output::{print, print_json, print_json_list};
use crate::arguments::Review;
use crate::desktop;
use crate::failure::Failure;
use crate::hearing::ModelAtHand;
use crate::interviewer::Interviewer;
use crate::settings::Settings;
use crate::signals::end_requested;
use crate::terminal::{Line, Screen, Streams, Tone, session_lines, sessions_lines};

/// Maximum number of sessions listed.
const MOST_SESSIONS: usize = 1000;
/// Sessions per request.
const PAGE: u32 = 100;

pub async fn run(review: &Review, settings: &Settings) -> Result<(), Failure> {
    let interviewer = if review.regrade || review.transcribe || review.open {
        // Only regrading may have to transcribe a recording.
        let model = ModelAtHand::of(settings).ok().filter(|_| review.regrade);
        Interviewer::reach(settings, model.and_then(|model| model.here(settings).ok())).await?
    } else {
        Interviewer::reach_to_read(settings).await?
    };
    let result = run_with(review, settings, &interviewer).await;
    interviewer.stop().await?;
    result
}

async fn run_with(review: &Review, settings: &Settings, interviewer: &Interviewer) -> Result<(), Failure> {
    let client = interviewer.client();
    let id = match &review.session {
        Some(name) => Some(find(name, client).await?),
        None => None,
    };
    if review.open {
        return open(id, interviewer).await;
    }
    let Some(id) = id else { return list(review, settings, client).await };
    if let Some(format) = review.export {
        let document = client.export(id, format).await?;
        return match &review.output {
            None => print(&document),
            Some(path) => tokio::fs::write(path, document).await.map_err(|error| {
                Failure::new(format!("cannot write {}: {error}", path.display()))
                    .help("choose another file with --output")
            }),
        };
    }
    let session = client.session(id).await?;
    if review.regrade || review.transcribe {
        return regrade::run(&session, review, settings, client).await;
    }
    if review.json {
        return print_json(&session);
    }
    show(&session, settings, interviewer);
    Ok(())
}

async fn list(review: &Review, settings: &Settings, client: &Client) -> Result<(), Failure> {
    let all = sessions(client, SessionFilter::default()).await?;
    if all.is_empty() && !review.json {
        eprintln!("no sessions yet; start one with `{}`", settings.data.command("practice"));
        return Ok(());
    }
    // Of all sessions, so that what is shown names one session however the list is narrowed.
    let id_length = telling_length(&all.iter().map(|head| head.id).collect::<Vec<_>>());
    let filter = SessionFilter {
        subject: review.subject.clone(),
        topic: review.topic.as_ref().map(ToString::to_string),
        q: review.text.clone(),
        ..SessionFilter::default()
    };
    let sessions = if filter == SessionFilter::default() { all } else { sessions(client, filter).await? };
    if review.json {
        return print_json_list("sessions", &sessions);
    }
    if sessions.is_empty() {
        eprintln!("no session matches");
        return Ok(());
    }
    let mut screen = Screen::new(Streams::detect(settings.plain, false));
    screen.show(|look| sessions_lines(&sessions, id_length, look));
    Ok(())
}

/// How much of its id tells each session from the others, at least 8 characters.
fn telling_length(sessions: &[Uuid]) -> usize {
    let mut ids: Vec<String> = sessions.iter().map(Uuid::to_string).collect();
    ids.sort();
    let shared = |pair: &[String]| pair[0].bytes().zip(pair[1].bytes()).take_while(|(one, other)| one == other).count();
    ids.windows(2).map(shared).max().map_or(8, |shared| (shared + 1).max(8))
}

fn show(session: &Session, settings: &Settings, interviewer: &Interviewer) {
    let mut screen = Screen::new(Streams::detect(settings.plain, false));
    if session.mode == Mode::Real && session.head.state == SessionState::Open {
        let command = settings.data.command(&format!("review {} --open", session.head.id));
        let notice = "This interview is not finished, and its feedback is shown when it is. To finish it on its page:";
        return screen.say(&[Line::plain(notice), Line::toned(command, Tone::Accent)]);
    }
    screen.show(|look| session_lines(session, look));
    if session.turns.iter().any(|turn| turn.answer.is_some() && session.withholds(turn.position)) {
        let command = settings.data.command(&format!("review {} --open", session.head.id));
        let notice = "This round is not finished. To finish it on its page, and see all feedback:";
        screen.say(&[Line::blank(), Line::plain(notice), Line::toned(command, Tone::Accent)]);
    }
    // A server that was started to read judges nothing.
    let waits = |turn: &Turn| interviewer.is_built_in() && turn.state == TurnState::Judging;
    let is_ungraded = |turn: &&Turn| (turn.state == TurnState::Ungraded || waits(turn)) && regrade::can_be_judged(turn);
    let ungraded = session.turns.iter().filter(is_ungraded).count();
    if ungraded > 0 {
        let server = interviewer.remote().map(|server| format!(" --server {server}")).unwrap_or_default();
        let command = settings.data.command(&format!("review {} --regrade{server}", session.head.id));
        let notice = format!("To judge {} without feedback:", counted(ungraded, "answer"));
        screen.say(&[Line::blank(), Line::plain(notice), Line::toned(command, Tone::Accent)]);
    }
}

/// Opens a page in the browser. A built-in server keeps running until Ctrl-C.
async fn open(session: Option<Uuid>, interviewer: &Interviewer) -> Result<(), Failure> {
    let client = interviewer.client();
    let path = match session {
        Some(id) => client.session(id).await?.review_url,
        None => "/".to_owned(),
    };
    let page = client.address(&path)?;
    print(&format!("{page}\n"))?;
    if let Err(error) = desktop::open(page.as_str()).await {
        eprintln!("cannot start a browser ({error}); open the address above yourself");
    }
    if interviewer.is_built_in() {
        eprintln!("serving the page; press Ctrl-C to stop");
        end_requested().await;
    }
    Ok(())
}

/// Resolves the name of a session: its id, the start of its id, or `last`.
pub(super) async fn find(name: &str, client: &Client) -> Result<Uuid, Failure> {
    if let Ok(id) = name.parse() {
        return Ok(id);
    }
    let sessions = sessions(client, SessionFilter::default()).await?;
    named(name, &sessions.iter().map(|head| head.id).collect::<Vec<_>>())
}

/// `sessions` are newest first.
fn named(name: &str, sessions: &[Uuid]) -> Result<Uuid, Failure> {
    const HELP: &str = "`viva review` lists the sessions";
    if name == "last" {
        return sessions
            .first()
            .copied()
            .ok_or_else(|| Failure::new("there are no sessions yet").help("start one with `viva practice`"));
    }
    let fitting: Vec<&Uuid> =
        sessions.iter().filter(|id| id.to_string().starts_with(&name.to_ascii_lowercase())).collect();
    match fitting.as_slice() {
        [only] => Ok(**only),
        [] => Err(Failure::new(format!("there is no session `{name}`")).help(HELP)),
        several => {
            Err(Failure::new(format!("{} sessions start with `{name}`", several.len())).help("give more of the id"))
        }
    }
}

/// The sessions that fit the filter, newest first.
async fn sessions(client: &Client, filter: SessionFilter) -> Result<Vec<SessionHead>, Failure> {
    let mut sessions = Vec::new();
    let mut filter = SessionFilter { limit: Some(PAGE), ..filter };
    loop {
        let page = client.sessions(&filter).await?;
        sessions.extend(page.sessions);
        match page.next_cursor {
            Some(cursor) if sessions.len() < MOST_SESSIONS => filter.cursor = Some(cursor),
            _ => return Ok(sessions),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_id_is_long_enough_to_name_one_session() {
        let one: Uuid = "0193a000-0000-7000-8000-000000000001".parse().unwrap();
        let second_later: Uuid = "0193a000-0400-7000-8000-000000000002".parse().unwrap();
        let ids = [one, second_later];
        assert_eq!((telling_length(&[]), telling_length(&[one])), (8, 8));
        assert_eq!(telling_length(&ids), "0193a000-04".len());
        assert_eq!(named(&second_later.to_string()[..telling_length(&ids)], &ids).unwrap(), second_later);
    }

    #[test]
    fn a_session_is_named_by_the_start_of_its_id_or_as_last() {
        let ids = [
            "0193a000-0000-7000-8000-000000000002",
            "0193a000-0000-7000-8000-000000000001",
            "0193b000-0000-7000-8000-000000000003",
        ]
        .map(|id| id.parse().unwrap());
        assert_eq!(named("last", &ids).unwrap(), ids[0]);
        assert_eq!(named("0193B", &ids).unwrap(), ids[2]);
        assert!(named("0193a", &ids).unwrap_err().message().contains("2 sessions"));
        assert!(named("nonsense", &ids).is_err());
        assert!(named("last", &[]).is_err());
    }
}
