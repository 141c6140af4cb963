//! One session, as a page and as Markdown.

use api::feedback::Verdict;
use api::session::{BestPoint, MissedPoint, SessionHead, SessionState, StatedMisconception, WeakestPoint};
use api::testing::{followed_up, spoken, ungraded};
use api::transcript::{Segment, Transcript};
use askama::Template;

use super::attempts::{Compared, OneAttempt};
use super::transcript::{Mark, Role as Evidence, Run};
use super::*;
use crate::export;
use crate::pages::SessionPage;

fn run(text: &str, mark: Option<Evidence>, is_doubtful: bool) -> Run {
    Run { text: text.to_owned(), mark: mark.map(|role| Mark { role, number: 0 }), is_doubtful, heard_as: None }
}

fn reviewed_turn(turn: Turn, transcript: Vec<Paragraph>, earlier: Vec<EarlierJudging>) -> ReviewedTurn {
    ReviewedTurn {
        timeline: turn.answer.as_ref().and_then(|answer| answer.audio_url.as_ref()).map(|_| Timeline {
            speech: vec![Stretch { left: "27.5".to_owned(), width: "200.0".to_owned() }],
            longest_pause: Some(Stretch { left: "235.3".to_owned(), width: "51.0".to_owned() }),
        }),
        ..ReviewedTurn::new(turn, transcript, earlier, true)
    }
}

/// A spoken answer with a recording, judged twice, and a follow-up that could not be judged.
fn review() -> Review {
    let mut main = spoken();
    main.question.topic = "error-handling".to_owned();
    main.question.snippet =
        Some(api::question::Snippet { language: "rust".to_owned(), code: "let a = 1;\n".to_owned() });
    let answer = main.answer.as_mut().unwrap();
    (answer.source, answer.duration) = (Source::Microphone, Some(51.0));
    answer.audio_url = Some("/api/v1/turns/1/audio".to_owned());
    let text = "one owner <at> a time".to_owned();
    let segment = Segment { start: Some(1.4), end: Some(3.5), text: text.clone(), words: Vec::new() };
    answer.transcript = Some(Transcript { text, segments: vec![segment] });
    let panel = main.feedback.as_mut().and_then(|feedback| feedback.correctness.as_mut()).unwrap();
    panel.key_points[2].versions.since = Some("Rust 1.85".to_owned());
    panel.misconceptions[0].versions.until = Some("Go 1.21".to_owned());
    main.feedback.as_mut().unwrap().stronger_answer = Some("Say `drop`.\n\nAnd *when*.".to_owned());
    let words = vec![
        run("one owner <at>", Some(Evidence::Hit), false),
        run("a", None, true),
        Run { heard_as: Some("thyme".to_owned()), ..run("time", Some(Evidence::Misconception), true) },
    ];
    let before = EarlierJudging {
        when: "22 November 2026, 14:03".to_owned(),
        judge: Judge::of(main.feedback.as_ref().unwrap()),
        outcome: "correctness 5.0, clarity no score".to_owned(),
        words: Some("one honour".to_owned()),
        changes: Some(vec![api::feedback::Change { about: "one owner".to_owned(), before: "missed", after: "hit" }]),
        is_comparable: false,
    };
    let mut follow_up = ungraded("the coach is away");
    (follow_up.depth, follow_up.prompt) = (1, followed_up().prompt);
    let missed = MissedPoint {
        question: "ownership-why".to_owned(),
        key_point: "dropped".to_owned(),
        summary: "it is dropped at the end of the scope".to_owned(),
        core: true,
        sure: true,
    };
    let stated = StatedMisconception {
        question: "ownership-why".to_owned(),
        misconception: "collector".to_owned(),
        claim: "a collector frees it".to_owned(),
        why_wrong: "Rust has no collector.".to_owned(),
        sure: false,
    };
    let head = SessionHead {
        id: uuid::Uuid::from_u128(2),
        state: SessionState::Open,
        created_at: Timestamp::UNIX_EPOCH,
        finished_at: None,
        subjects: vec!["rust".to_owned()],
        topics: vec!["error-handling".to_owned()],
        questions: Vec::new(),
        answered: 2,
        correctness: Some(6.0),
    };
    let summary = api::session::Summary {
        questions: 1,
        answered: 2,
        ungraded: 1,
        correctness: Some(6.0),
        words_per_minute: Some(142.4),
        missed: vec![missed],
        misconceptions: vec![stated],
        ..api::session::Summary::default()
    };
    let attempt = |when: &str, score: &str, url: Option<&str>| OneAttempt {
        when: when.to_owned(),
        score: score.to_owned(),
        url: url.map(str::to_owned),
    };
    let mut worse = main.clone();
    worse.feedback.as_mut().unwrap().correctness.as_mut().unwrap().key_points[0].verdict = Verdict::Missed;
    let attempts = Attempts {
        all: vec![
            attempt("21 November 2026, 09:00", "4.0 of 10", Some("/sessions/1")),
            attempt("22 November 2026, 14:05", "6.0 of 10", None),
        ],
        compared: view::comparison(&worse, &main)
            .map(|comparison| Compared { with: "21 November 2026, 09:00".to_owned(), comparison }),
    };
    let question = ReviewedQuestion {
        brief: Some(view::brief(&main, &[follow_up.clone()])),
        main: reviewed_turn(main, vec![Paragraph { start: Some(1.4), runs: words }], vec![before]),
        follow_ups: vec![reviewed_turn(follow_up, vec![Paragraph { start: None, runs: Vec::new() }], Vec::new())],
        attempts: Some(attempts),
        reference: Some(Reference {
            model_answer: Some(prose("Every value has *one* owner.")),
            outcome: Some("compiles. It is fine.".to_owned()),
            corrected_code: Some(coloured("rust", "let b = 2;\n")),
            sources: vec![
                Citation { title: "The Rust Book".to_owned(), url: Some("https://doc.rust-lang.org/book/".to_owned()) },
                Citation { title: "A paper".to_owned(), url: None },
            ],
        }),
    };
    Review {
        can_finish: false,
        when: "22 November 2026, 14:05".to_owned(),
        topics: topics(&head.topics),
        summary: view::summary(&summary),
        debrief: Some(Debrief {
            best: Some(BestPoint {
                question: "ownership-why".to_owned(),
                claim: "every value has exactly one owner".to_owned(),
                quote: "one owner <at> a time".to_owned(),
            }),
            habit: Some("In 3 of 4 answers you did not say why. Add the reason to each claim.".to_owned()),
            feeling: Some("Your feeling fitted the result in 2 answers.".to_owned()),
            weakest: Some(WeakestPoint {
                question: "ownership-why".to_owned(),
                title: "Ownership".to_owned(),
                advice: "Say when the memory is freed.".to_owned(),
                focus: None,
            }),
            comes_back: Vec::new(),
        }),
        comes_back: Some("in 1 day: Ownership".to_owned()),
        remaining: Some("12 days left until the interview, about 7 questions a day.".to_owned()),
        session: Session {
            head,
            mode: Default::default(),
            turns: Vec::new(),
            next_turn: None,
            summary,
            review_url: String::new(),
        },
        questions: vec![question],
    }
}

#[test]
fn a_session_as_a_page() {
    insta::assert_snapshot!(SessionPage { review: review() }.render().unwrap());
}

#[test]
fn a_session_as_markdown() {
    insta::assert_snapshot!(export::markdown(&review()).unwrap());
}

#[test]
fn the_file_needs_nothing_else() {
    let file = export::html(review()).unwrap();
    assert!(file.contains("<style>") && !file.contains("<script") && !file.contains("<link"), "{file}");
}
