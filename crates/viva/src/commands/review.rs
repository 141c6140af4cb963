//! `viva review`.

mod regrade;

use api::client::Client;
use api::session::{Session, SessionFilter, SessionHead};
use api::turn::{Turn, TurnState};
use interview::wording::counted;
use serde::Serialize;
use url::Url;
use uuid::Uuid;

use super::documents::{print, print_json};
use crate::arguments::Review;
use crate::browser;
use crate::failure::Failure;
use crate::hearing::ModelAtHand;
use crate::interviewer::Interviewer;
use crate::settings::Settings;
use crate::signals::end_requested;
use crate::terminal::{Line, Screen, Surroundings, Tone, session_lines, sessions_lines};

/// The most sessions that are listed.
const MOST_SESSIONS: usize = 1000;
/// Sessions that are asked for at a time.
const PAGE: u32 = 100;

#[derive(Serialize)]
struct Document {
    sessions: Vec<SessionHead>,
}

/// Lists sessions, or shows, opens or exports one, or has it judged again.
///
/// # Errors
/// When there is no such session, or the server or the file cannot be reached.
pub async fn run(review: &Review, settings: &Settings) -> Result<(), Failure> {
    // Only what is judged again may need words for a recording.
    let model = ModelAtHand::of(settings).ok().filter(|_| review.regrade);
    let model = model.and_then(|model| model.here(settings).ok());
    let interviewer = Interviewer::reach(settings, model).await?;
    let done = look(review, settings, &interviewer).await;
    interviewer.leave().await?;
    done
}

async fn look(review: &Review, settings: &Settings, interviewer: &Interviewer) -> Result<(), Failure> {
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
    if review.regrade {
        return regrade::run(&session, review, settings, client).await;
    }
    if review.json {
        return print_json(&session);
    }
    show(&session, settings, interviewer.elsewhere());
    Ok(())
}

async fn list(review: &Review, settings: &Settings, client: &Client) -> Result<(), Failure> {
    let sessions = sessions(client).await?;
    if review.json {
        return print_json(&Document { sessions });
    }
    if sessions.is_empty() {
        eprintln!("there are no sessions yet: `{}` begins one", settings.data.command("practice"));
        return Ok(());
    }
    let mut screen = Screen::new(Surroundings::look(settings.plain, false));
    let look = screen.results_look();
    screen.show(&sessions_lines(&sessions, look));
    Ok(())
}

fn show(session: &Session, settings: &Settings, server: Option<&Url>) {
    let mut screen = Screen::new(Surroundings::look(settings.plain, false));
    let look = screen.results_look();
    screen.show(&session_lines(session, look));
    let is_ungraded = |turn: &&Turn| turn.state == TurnState::Ungraded && regrade::can_be_judged(turn);
    let ungraded = session.turns.iter().filter(is_ungraded).count();
    if ungraded > 0 {
        let server = server.map(|server| format!(" --server {server}")).unwrap_or_default();
        let command = settings.data.command(&format!("review {} --regrade{server}", session.head.id));
        let notice = format!("{} without feedback can be judged again:", counted(ungraded, "answer"));
        screen.say(&[Line::blank(), Line::plain(notice), Line::toned(command, Tone::Accent)]);
    }
}

/// Shows a page in the browser. The server inside the program is kept until it is asked to end.
async fn open(session: Option<Uuid>, interviewer: &Interviewer) -> Result<(), Failure> {
    let client = interviewer.client();
    let path = match session {
        Some(id) => client.session(id).await?.review_url,
        None => "/".to_owned(),
    };
    let page = client.address(&path)?;
    print(&format!("{page}\n"))?;
    if let Err(error) = browser::open(&page).await {
        eprintln!("no browser could be started ({error}): open the address above yourself");
    }
    if interviewer.elsewhere().is_none() {
        eprintln!("the page is there until you press Ctrl-C");
        end_requested().await;
    }
    Ok(())
}

/// The session that a name means: its id, the beginning of it, or `last`.
async fn find(name: &str, client: &Client) -> Result<Uuid, Failure> {
    if let Ok(id) = name.parse() {
        return Ok(id);
    }
    let sessions = sessions(client).await?;
    named(name, &sessions.iter().map(|head| head.id).collect::<Vec<_>>())
}

/// `sessions` are in order, newest first.
fn named(name: &str, sessions: &[Uuid]) -> Result<Uuid, Failure> {
    const HELP: &str = "`viva review` lists the sessions";
    if name == "last" {
        return sessions
            .first()
            .copied()
            .ok_or_else(|| Failure::new("there are no sessions yet").help("`viva practice` begins one"));
    }
    let fitting: Vec<&Uuid> =
        sessions.iter().filter(|id| id.to_string().starts_with(&name.to_ascii_lowercase())).collect();
    match fitting.as_slice() {
        [only] => Ok(**only),
        [] => Err(Failure::new(format!("there is no session `{name}`")).help(HELP)),
        several => {
            Err(Failure::new(format!("{} sessions begin with `{name}`", several.len())).help("give more of the id"))
        }
    }
}

/// The sessions, newest first.
async fn sessions(client: &Client) -> Result<Vec<SessionHead>, Failure> {
    let mut sessions = Vec::new();
    let mut filter = SessionFilter { limit: Some(PAGE), ..SessionFilter::default() };
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
    fn a_session_is_named_by_its_beginning_or_as_the_last() {
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
