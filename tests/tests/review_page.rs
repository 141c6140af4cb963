//! The pages in a real browser.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on says where it stopped")]

use std::process::{Command, Stdio};
use std::time::Duration;

use api::client::{Client, Sending};
use api::session::NewSession;
use api::turn::NewAnswer;
use journeys::program::{Home, Server};
use journeys::proof::is_installed;
use uuid::Uuid;

const ANSWER: &str = "Every value has exactly one owner, and when the owner goes out of scope the value is dropped. \
                      <script>document.title = 'taken over'</script>";

/// What the browser makes of a page, as HTML after its scripts ran.
fn seen(home: &Home, url: &str) -> String {
    let browsers = ["chromium", "chromium-browser", "google-chrome"];
    let browser =
        browsers.into_iter().find(|name| is_installed(name)).expect("install Chromium first: `make setup` does");
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"])
        .args(["--disable-background-networking", "--disable-component-update", "--dump-dom"])
        .arg(format!("--user-data-dir={}", home.path().join("browser").display()))
        .arg(url)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

async fn judged_round(server: &Server) -> (Client, api::session::Session) {
    let client = Client::new(server.url.parse().unwrap()).unwrap();
    let wishes =
        NewSession { question_ids: vec!["ownership-why".into()], follow_ups: Some(0), ..NewSession::default() };
    let turn = client.create_session(&wishes).await.unwrap().turns[0].clone();
    let answer = NewAnswer { text: Some(ANSWER.into()), ..NewAnswer::default() };
    let judged =
        client.answer(turn.id, &answer, &Sending { key: Uuid::now_v7(), wait: Duration::from_secs(30) }).await.unwrap();
    let session = client.finish_session(judged.session_id).await.unwrap();
    (client, session)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_round_is_reviewed_on_a_page_and_what_people_say_stays_text() {
    let home = Home::empty();
    let server = home.serve();
    let (client, session) = judged_round(&server).await;
    let page = seen(&home, client.address(&session.review_url).unwrap().as_str());
    for expected in ["Correctness", "Clarity", "one owner", &session.turns[0].prompt.split(',').next().unwrap()[..20]] {
        assert!(page.contains(expected), "the page does not show {expected:?}");
    }
    assert!(
        page.contains("&lt;script&gt;") && !page.contains("<title>taken over</title>"),
        "what was said became code"
    );
    let list = seen(&home, &format!("{}/", server.url));
    assert!(list.contains(&session.review_url), "the first page does not lead to the round");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_leads_nowhere_is_a_page_that_helps() {
    let home = Home::empty();
    let server = home.serve();
    let page = seen(&home, &format!("{}/sessions/no-such-round", server.url));
    assert!(page.contains("href=\"/\""), "{page}");
}
