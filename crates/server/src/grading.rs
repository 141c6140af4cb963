//! Keeping the promise that every answer is judged.
//!
//! The only code that knows both the store and the coaches. [`worker`] says what is promised and takes care of leases, retries and
//! shutdown; [`grader`] does the work of one job. A job may come twice and may be interrupted anywhere: every step starts from what is
//! stored.

mod grader;
mod judge;
mod worker;

use std::sync::Arc;

use futures::FutureExt;
use store::queue::Lane;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use worker::{Work, Worker};

/// How many recordings are transcribed at a time. The recogniser takes one stretch of speech after the other, so that two share it.
const TRANSCRIPTIONS: usize = 2;

/// Has answers transcribed and judged until `stopping`.
pub(crate) async fn run(app: &Arc<App>, stopping: CancellationToken) {
    let own = Arc::clone(app);
    let work: Work = Arc::new(move |job| grader::grade(Arc::clone(&own), job).boxed());
    let serve = |lane, slots| {
        let (store, events, work) = (Arc::clone(&app.store), app.events.clone(), Arc::clone(&work));
        Worker { store, events, lane, slots, work }.run(stopping.clone())
    };
    let judgings = app.settings.grading_concurrency.get();
    tokio::join!(serve(Lane::Transcription, TRANSCRIPTIONS), serve(Lane::Judging, judgings));
}
