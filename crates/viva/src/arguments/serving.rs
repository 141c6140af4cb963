//! `viva serve` and `viva doctor`.

use std::path::PathBuf;

use clap::Args;

use crate::settings::Layer;

/// Serve the HTTP API and the review pages.
///
/// The first line on standard output says where. Only this machine can reach it unless --open-to-network is given. Ctrl-C stops it once what is under way is done.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:\n  viva serve\n  viva serve --bind 127.0.0.1:0    on a free port")]
pub struct Serve {
    /// Listen on this address [env: VIVA_BIND] [default: 127.0.0.1:7878]
    #[arg(long, value_name = "ADDRESS")]
    pub bind: Option<String>,
    /// Remember sessions in this database [env: VIVA_DATABASE] [default: a file in the data folder]
    #[arg(long, value_name = "URL")]
    pub database: Option<String>,
    /// Turn uploaded recordings into words with this speech model [env: VIVA_MODEL]
    #[arg(long, value_name = "NAME|PATH")]
    pub model: Option<String>,
    /// Ask the questions of this folder, too [env: VIVA_QUESTIONS]
    #[arg(long, value_name = "DIR")]
    pub questions: Option<PathBuf>,
    /// Allow an address that other machines reach: there are no accounts, and whoever reaches it may read everything
    /// [env: VIVA_OPEN_TO_NETWORK]
    #[arg(long)]
    pub open_to_network: bool,
}

impl Serve {
    pub(super) fn layer(&self) -> Layer {
        Layer {
            bind: self.bind.clone(),
            database: self.database.clone(),
            model: self.model.clone(),
            questions: self.questions.clone(),
            open_to_network: self.open_to_network.then_some(true),
            ..Layer::default()
        }
    }
}

/// Find out what is missing on this machine.
///
/// Looks at settings, data folder, database, speech model, microphone, voice and server address, and says what to do about each.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Example:\n  viva doctor")]
pub struct Doctor {
    /// Print one JSON document
    #[arg(long)]
    pub json: bool,
}
