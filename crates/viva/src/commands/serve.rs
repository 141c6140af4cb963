//! `viva serve`.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use super::documents::print;
use crate::failure::Failure;
use crate::hearing::ModelAtHand;
use crate::settings::Settings;
use crate::signals::end_requested;

/// Serves until the program is asked to end. The first line on standard output says where.
///
/// # Errors
/// When the address is taken, the database cannot be opened, or serving breaks off.
pub async fn run(settings: &Settings) -> Result<(), Failure> {
    let model = match ModelAtHand::of(settings)? {
        ModelAtHand::Here(path) => Some(path),
        ModelAtHand::Missing(model) => {
            let pull = settings.data.command(&format!("model pull {}", model.name));
            eprintln!("recordings that arrive without words stay ungraded, because there is no speech model: {pull}");
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
    eprintln!("stopping once what is under way is done");
    Ok(server.stop().await?)
}

/// Listens on an address.
///
/// # Errors
/// When another program does, or this machine does not have it.
pub(super) async fn listen(address: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let help = match error.kind() {
            std::io::ErrorKind::AddrInUse => {
                "another program listens there: stop it, or choose another port with --bind"
            }
            _ => "choose another address with --bind",
        };
        Failure::new(format!("cannot listen on {address}: {error}")).help(help)
    })
}
