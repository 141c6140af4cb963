//! `viva serve`.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::output::print;
use crate::failure::Failure;
use crate::hearing::ModelAtHand;
use crate::settings::Settings;
use crate::signals::end_requested;

/// Serves until a signal ends the program. The first line on standard output is the address.
pub async fn run(settings: &Settings) -> Result<(), Failure> {
    let model = match ModelAtHand::of(settings)? {
        ModelAtHand::Here(path) => Some(path),
        ModelAtHand::Missing(model) => {
            let pull = settings.data.command(&format!("model pull {}", model.name));
            eprintln!("no speech model, so uploaded recordings cannot be judged; to install one: {pull}");
            None
        }
    };
    let listener = listen(settings.bind).await?;
    let mut server = server::Server::start(settings.of_server(model)?, listener).await?;
    print(&format!("listening on http://{}\n", server.address()))?;
    tokio::select! {
        ended = server.ended() => return Ok(ended?),
        () = end_requested() => {}
    }
    eprintln!("stopping after the requests in progress");
    Ok(server.stop().await?)
}

pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let help = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                "another program uses that port: stop it, or choose another port with --bind"
            }
            _ => "choose another address with --bind",
        };
        Failure::new(format!("cannot listen on {address}: {error}")).help(help)
    })
}
