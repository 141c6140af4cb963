//! Pages and exports.

use api::session::{ExportFormat, Session};
use api::turn::Turn;

use crate::running::{PATIENCE, Running, page};

const QUESTION: &str = "borrowing-push-while-reading";

async fn answered(viva: &Running, text: &str) -> (Session, Turn) {
    let session = viva.session(&[QUESTION]).await;
    let turn = viva.answer(session.turns[0].id, text).await;
    (viva.client.session(session.head.id).await.unwrap(), turn)
}

/// The page without what differs between runs and banks: ids and the size of the bank.
fn redacted(page: &str) -> String {
    let lines = page.lines().map(|line| match line.split_once("Request id: ") {
        Some((before, _)) => format!("{before}Request id: [id]</p>\n"),
        None if line.contains(" questions on ") && line.contains("topics") => "[the size of the bank]\n".to_owned(),
        None => format!("{line}\n"),
    });
    lines.collect()
}

#[tokio::test]
async fn the_first_page_says_how_to_start_a_round() {
    let viva = Running::start().await;
    insta::assert_snapshot!(redacted(&page(&viva, "/").await));
}

#[tokio::test]
async fn the_first_page_lists_the_sessions() {
    let viva = Running::start().await;
    let session = viva.session(&[QUESTION]).await;
    let listed = page(&viva, "/").await;
    assert!(listed.contains(&session.review_url) && !listed.contains("No sessions yet"), "{listed}");
}

#[tokio::test]
async fn a_review_quotes_the_answer_as_evidence() {
    let viva = Running::start().await;
    let model_answer = viva.model_answer(QUESTION).await;
    let (session, turn) = answered(&viva, &model_answer).await;
    viva.client.finish_session(session.head.id).await.unwrap();
    let page = page(&viva, &session.review_url).await;
    let quote = turn.feedback.unwrap().correctness.unwrap().key_points[0].evidence.quote.clone().unwrap();
    let quote = quote.replace('\'', "&#39;");
    assert!(page.contains(&format!("<q>{quote}</q>")) && page.contains("<mark class=\"hit\">"), "{quote}: {page}");
}

#[tokio::test]
async fn a_design_is_reviewed_stage_by_stage() {
    let viva = Running::start().await;
    let session = viva.session(&["design-multi-region-reads"]).await;
    let turn = viva.answer(session.turns[0].id, "I would put a copy of the data into every region").await;
    viva.client.finish_session(session.head.id).await.unwrap();
    let points = turn.feedback.unwrap().correctness.unwrap().key_points;
    let stages: Vec<String> = points.into_iter().filter_map(|point| point.stage).collect();
    let order = ["clarify", "estimate", "sketch", "deepen"];
    assert!(stages.is_sorted_by_key(|stage| order.iter().position(|known| known == stage)), "{stages:?}");
    let page = page(&viva, &session.review_url).await;
    let markdown = viva.client.export(session.head.id, ExportFormat::Md).await.unwrap();
    for stage in ["Clarify", "Estimate", "Sketch", "Deepen"] {
        let on_page = page.matches(&format!("<li class=\"stage\">{stage}</li>")).count();
        assert_eq!((on_page, markdown.matches(&format!("\n\n*{stage}*\n\n")).count()), (1, 1), "{stage}: {markdown}");
    }
}

#[tokio::test]
async fn the_page_withholds_feedback_until_the_follow_up_is_over() {
    let viva = Running::start().await;
    let (session, turn) = answered(&viva, "there is a rule about it and the compiler checks that rule").await;
    let missed = &session.summary.missed[0].summary;
    let running = page(&viva, &session.review_url).await;
    assert!(running.contains("Feedback is shown after the follow-up."), "{running}");
    for revealed in [missed.as_str(), "To fix", "class=\"panel\"", "<mark"] {
        assert!(!running.contains(revealed), "{revealed}: {running}");
    }
    viva.client.skip(turn.next_turn.unwrap().id).await.unwrap();
    let over = page(&viva, &session.review_url).await;
    assert!(over.contains("To fix") && over.contains(missed.as_str()), "{over}");
}

#[tokio::test]
async fn a_round_that_was_left_open_can_be_finished_on_its_page() {
    let viva = Running::start().await;
    let (session, _) = answered(&viva, "there is a rule about it and the compiler checks that rule").await;
    let form = format!("/sessions/{}/finish", session.head.id);
    assert!(page(&viva, &session.review_url).await.contains(&format!("formaction=\"{form}\"")));
    let html = viva.client.export(session.head.id, ExportFormat::Html).await.unwrap();
    assert!(!html.contains("formaction"), "a file has no server to ask");
    let finished = viva.plain().post(viva.url(&form)).send().await.unwrap().text().await.unwrap();
    assert!(finished.contains("To fix") && !finished.contains("not finished"), "{finished}");
}

#[tokio::test]
async fn what_was_said_cannot_become_markup_anywhere() {
    let viva = Running::start().await;
    let hostile = "<script>alert(1)</script> <img src=x onerror=alert(1)> push needs a mutable borrow \u{1b}[31m";
    let (session, _) = answered(&viva, hostile).await;
    let html = viva.client.export(session.head.id, ExportFormat::Html).await.unwrap();
    for page in [page(&viva, &session.review_url).await, html] {
        assert!(!page.contains("<script>alert") && !page.contains("<img"), "{page}");
        assert!(page.contains("&#60;script&#62;alert(1)") || page.contains("&lt;script&gt;alert(1)"));
        assert!(!page.contains('\u{1b}'));
    }
    let markdown = viva.client.export(session.head.id, ExportFormat::Md).await.unwrap();
    assert!(markdown.contains("\\<script\\>") && !markdown.replace("\\<", "").contains('<'), "{markdown}");
}

#[tokio::test]
async fn a_session_can_be_kept_as_markdown_json_and_one_html_file() {
    let viva = Running::start().await;
    let model_answer = viva.model_answer(QUESTION).await;
    let id = answered(&viva, &model_answer).await.0.head.id;
    let session = viva.client.finish_session(id).await.unwrap();

    let markdown = viva.client.export(id, ExportFormat::Md).await.unwrap();
    assert!(markdown.contains("**Correctness: 10.0 of 10, band 4 of 4**"), "{markdown}");
    let json = viva.client.export(id, ExportFormat::Json).await.unwrap();
    let mut exported: Session = serde_json::from_str(&json).unwrap();
    let judgings = std::mem::take(&mut exported.turns[0].judgings);
    assert_eq!(exported, session);
    assert_eq!(judgings, viva.client.judgings(session.turns[0].id).await.unwrap().judgings);

    let html = viva.client.export(id, ExportFormat::Html).await.unwrap();
    assert!(html.contains("<style>") && !html.contains("<audio"), "{html}");
    let odd = viva.plain().get(viva.url(&format!("/api/v1/sessions/{id}/export?format=pdf"))).send().await.unwrap();
    assert_eq!(odd.status(), 400);
}

#[tokio::test]
async fn a_page_that_does_not_exist_leads_elsewhere() {
    let viva = Running::start().await;
    let missing = page(&viva, "/sessions/00000000-0000-0000-0000-000000000007").await;
    insta::assert_snapshot!(redacted(&missing));
    for path in ["/nothing", "/sessions/7"] {
        assert!(page(&viva, path).await.contains("href=\"/docs\""), "{path}");
    }
}

const VAGUE: &str = "there is a rule about it and the compiler checks that rule";

fn post(viva: &Running, path: &str) -> reqwest::RequestBuilder {
    let own = viva.server.base_url().origin().ascii_serialization();
    viva.plain().post(viva.url(path)).header("origin", own)
}

async fn refuses_other_sites(viva: &Running, path: &str) {
    let from_elsewhere = viva.plain().post(viva.url(path)).header("origin", "https://evil.example");
    assert_eq!(from_elsewhere.send().await.unwrap().status(), 403, "{path}");
}

#[tokio::test]
async fn a_transcript_is_corrected_on_the_page_and_judged_again() {
    let viva = Running::start().await;
    let (session, turn) = answered(&viva, VAGUE).await;
    let address = format!("/turns/{}/transcript", turn.id);
    assert!(!page(&viva, &session.review_url).await.contains(&address), "its follow-up is to be answered");
    viva.client.finish_session(session.head.id).await.unwrap();
    let shown = page(&viva, &session.review_url).await;
    assert!(
        shown.contains(&format!("action=\"{address}\"")) && shown.contains(&format!("{VAGUE}</textarea>")),
        "{shown}"
    );
    refuses_other_sites(&viva, &address).await;

    let form = |body: &'static str| {
        post(&viva, &address).header("content-type", "application/x-www-form-urlencoded").body(body).send()
    };
    assert_eq!(form("").await.unwrap().status(), 400, "no field");
    assert_eq!(form("text=+").await.unwrap().status(), 422, "no word");
    let sent = form("text=push+needs+a+mutable+%3Cborrow%3E%0D%0Awhile+another+is+alive").await.unwrap();
    assert_eq!((sent.status().as_u16(), sent.url().path()), (200, session.review_url.as_str()));
    let corrected = viva.client.settled_turn(turn.id, PATIENCE).await.unwrap();
    let answer = corrected.answer.unwrap();
    assert!(answer.corrected && answer.transcript.unwrap().text.contains("mutable <borrow>"));
    let shown = page(&viva, &session.review_url).await;
    assert!(shown.contains("Earlier judgings") && shown.contains("transcript corrected"), "{shown}");
}

#[tokio::test]
async fn an_answer_is_judged_again_by_a_button() {
    let viva = Running::start().await;
    let (session, turn) = answered(&viva, VAGUE).await;
    viva.client.finish_session(session.head.id).await.unwrap();
    let address = format!("/turns/{}/regrade", turn.id);
    assert!(page(&viva, &session.review_url).await.contains(&format!("action=\"{address}\"")));
    refuses_other_sites(&viva, &address).await;
    let sent = post(&viva, &address).send().await.unwrap();
    assert_eq!(sent.url().path(), session.review_url);
    viva.client.settled_turn(turn.id, PATIENCE).await.unwrap();
    assert_eq!(viva.client.judgings(turn.id).await.unwrap().judgings.len(), 2);
    let unanswered = viva.turn(QUESTION).await;
    let early = post(&viva, &format!("/turns/{unanswered}/regrade")).send().await.unwrap();
    assert_eq!(early.status(), 409);
}

#[tokio::test]
async fn a_session_is_deleted_by_a_page_that_asks() {
    let viva = Running::start().await;
    let (session, _) = answered(&viva, VAGUE).await;
    let address = format!("{}/delete", session.review_url);
    assert!(page(&viva, &session.review_url).await.contains(&format!("href=\"{address}\"")));
    let asking = page(&viva, &address).await;
    assert!(asking.contains("Delete this session?") && asking.contains(&format!("action=\"{address}\"")), "{asking}");
    refuses_other_sites(&viva, &address).await;
    assert!(viva.client.session(session.head.id).await.is_ok(), "nothing is deleted yet");
    let sent = post(&viva, &address).send().await.unwrap();
    assert_eq!((sent.status().as_u16(), sent.url().path()), (200, "/"));
    assert!(viva.client.session(session.head.id).await.unwrap_err().is_not_found());
    assert_eq!(post(&viva, &address).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn an_attempt_stands_beside_the_one_before() {
    let viva = Running::start().await;
    let first = viva.finished(QUESTION, VAGUE).await;
    assert!(!page(&viva, &first.review_url).await.contains("attempts</summary>"), "there is only one");
    let (second, turn) = answered(&viva, &viva.model_answer(QUESTION).await).await;
    let running = page(&viva, &second.review_url).await;
    assert_eq!(running.contains("Compared with"), turn.next_turn.is_none(), "a follow-up withholds it");
    viva.client.finish_session(second.head.id).await.unwrap();

    let shown = page(&viva, &second.review_url).await;
    for expected in [
        "2 attempts</summary>",
        &format!("href=\"{}\"", first.review_url),
        "Compared with the attempt of",
        "<dt>Gained</dt>",
        "this one: 10.0 of 10",
    ] {
        assert!(shown.contains(expected), "{expected}: {shown}");
    }
    let earlier = page(&viva, &first.review_url).await;
    assert!(earlier.contains(&format!("href=\"{}\"", second.review_url)), "{earlier}");
    assert!(!earlier.contains("Compared with"), "{earlier}");
    viva.client.delete_session(first.head.id).await.unwrap();
    assert!(!page(&viva, &second.review_url).await.contains("attempts</summary>"));
}

#[tokio::test]
async fn a_question_has_its_score_and_what_to_fix_before_all_that_was_missed() {
    let viva = Running::start().await;
    let session = viva.finished(QUESTION, VAGUE).await;
    let shown = page(&viva, &session.review_url).await;
    let place = |text: &str| shown.find(text).unwrap_or_else(|| panic!("{text}: {shown}"));
    let order =
        ["<p class=\"score\">", "<dt>To fix</dt>", "Details:", "viva practice --again", "Everything to improve"];
    assert!(order.map(place).is_sorted(), "{:?}", order.map(place));
    assert!(shown.contains(&format!("viva practice --again {QUESTION}")));
}

#[tokio::test]
async fn sessions_are_looked_up_on_the_first_page_and_the_next_page_keeps_to_it() {
    let viva = Running::start().await;
    let oldest = viva.session(&[QUESTION]).await;
    for _ in 0..20 {
        viva.session(&[QUESTION]).await;
    }
    let other = viva.session(&["ownership-why"]).await;
    let listed = page(&viva, "/?q=&subject=rust&topic=borrowing&state=open").await;
    assert!(!listed.contains(&other.review_url) && !listed.contains(&oldest.review_url), "{listed}");
    assert!(listed.contains("<option value=\"borrowing\" selected>") && listed.contains("Rust: borrowing"), "{listed}");
    let (_, rest) = listed.split_once("href=\"/?").unwrap();
    let next = format!("/?{}", rest.split('"').next().unwrap()).replace("&#38;", "&");
    assert!(next.starts_with("/?subject=rust&topic=borrowing&state=open&cursor="), "{next}");
    let next = page(&viva, &next).await;
    assert!(next.contains(&oldest.review_url) && next.matches("<li>").count() == 1, "{next}");

    assert!(page(&viva, "/?q=OWNERSHIP").await.contains(&other.review_url));
    let nothing = page(&viva, "/?q=gardening").await;
    assert!(nothing.contains("No session fits all of that.") && !nothing.contains("No sessions yet"), "{nothing}");
    let unknown = page(&viva, "/?topic=gardening").await;
    assert!(unknown.contains("the topics are ") && unknown.contains("borrowing"), "{unknown}");
}
