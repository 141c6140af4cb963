use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;

use api::feedback::Feedback;
use api::turn::{StateEvent, Turn, TurnState};
use axum::extract::State;
use axum::response::Sse;
use axum::response::sse::{Event, KeepAlive};
use futures::Stream;
use interview::TurnId;

use crate::api_error::ApiError;
use crate::app::App;
use crate::extract::Named;
use crate::routes::refusals::NotFound;
use crate::turn_events::{Subscription, TurnEvent};

/// What happens to a turn, as server-sent events, until nothing more happens to it by itself.
///
/// `state` comes at once, with every change, and again when another judging begins, which takes back the panels so far; `feedback.delta` carries a panel that is ready before the rest, and may repeat it; `judged`
/// carries the settled turn and ends the stream.
#[utoipa::path(get, path = "/turns/{id}/events", tag = "turns", params(("id" = uuid::Uuid, Path)), responses(
    (status = OK, description = "the events", body = StateEvent, content_type = "text/event-stream"),
    NotFound,
))]
pub(crate) async fn turn_events(
    State(app): State<Arc<App>>,
    Named(id): Named<TurnId>,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    let subscription = app.events.subscribe(id);
    let now = app.shown(id).await?;
    let watch = Watch::beginning(app, id, subscription, &now);
    let events = futures::stream::unfold(watch, |mut watch| async move {
        let event = watch.next().await?;
        Some((Ok(event), watch))
    });
    Ok(Sse::new(events).keep_alive(KeepAlive::default()))
}

/// Somebody who watches a turn.
struct Watch {
    app: Arc<App>,
    id: TurnId,
    subscription: Subscription,
    state: TurnState,
    /// Whether panels of the judging that runs were sent.
    has_sent_panels: bool,
    ready: VecDeque<Event>,
}

impl Watch {
    fn beginning(app: Arc<App>, id: TurnId, subscription: Subscription, now: &Turn) -> Self {
        let (state, ready) = (now.state, VecDeque::new());
        let mut watch = Self { app, id, subscription, state, has_sent_panels: false, ready };
        watch.tell(now);
        if now.state == TurnState::Judging {
            let nothing = Feedback::default;
            let Feedback { correctness, clarity, .. } = now.feedback.clone().unwrap_or_default();
            let correctness = correctness.map(|panel| Feedback { correctness: Some(panel), ..nothing() });
            let clarity = clarity.map(|panel| Feedback { clarity: Some(panel), ..nothing() });
            correctness.iter().chain(&clarity).for_each(|panel| watch.tell_panel(panel));
        }
        watch
    }

    /// The next event; `None` when the turn is settled, gone, or the server stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.state.is_settled() {
                return None;
            }
            let event = tokio::select! {
                event = self.subscription.next(None) => event,
                () = self.app.stopping.cancelled() => return None,
            };
            match event {
                TurnEvent::Panel(panel) => self.tell_panel(&panel),
                TurnEvent::Changed => {
                    let turn = self.app.shown(self.id).await.ok()?;
                    // Another judging began: the state is told again, and what was sent of the last one no longer counts.
                    let is_restarted = self.has_sent_panels && !has_panels(&turn);
                    if turn.state != self.state || is_restarted {
                        self.has_sent_panels = false;
                        self.state = turn.state;
                        self.tell(&turn);
                    }
                }
            }
        }
    }

    fn tell_panel(&mut self, panel: &Feedback) {
        self.has_sent_panels = true;
        self.ready.extend(Event::default().event("feedback.delta").json_data(panel));
    }

    fn tell(&mut self, turn: &Turn) {
        self.ready.extend(Event::default().event("state").json_data(StateEvent { state: turn.state }));
        if turn.state.is_settled() {
            self.ready.extend(Event::default().event("judged").json_data(turn));
        }
    }
}

fn has_panels(turn: &Turn) -> bool {
    turn.feedback.as_ref().is_some_and(|feedback| feedback.correctness.is_some() || feedback.clarity.is_some())
}
