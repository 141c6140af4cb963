//! `viva serve`.

use std::net::{IpAddr, SocketAddr, UdpSocket};

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
    let mut server = match server::Server::start(settings.of_server(model)?, listener).await {
        Err(error) if error.is_in_use() => return Err(in_use(error, settings).await),
        started => started?,
    };
    print(&format!("listening on http://{}\n", server.address()))?;
    if let Some(notice) = network_notice(server.address(), settings.open_to_network) {
        eprintln!("{notice}");
    }
    tokio::select! {
        ended = server.ended() => return Ok(ended?),
        () = end_requested() => {}
    }
    eprintln!("stopping after the requests in progress");
    Ok(server.stop().await?)
}

/// That another viva has the data folder, and where.
async fn in_use(error: server::ServerError, settings: &Settings) -> Failure {
    match server::address_of_running(settings.data.path()).await {
        Some(address) => {
            Failure::new(format!("viva is running already, at {}", address.as_str().trim_end_matches('/')))
                .help("open that address, or stop it first; `viva practice` and `viva review` use it by themselves")
        }
        None => error.into(),
    }
}

/// What `--open-to-network` does with this address, in one line.
fn network_notice(address: SocketAddr, is_open: bool) -> Option<String> {
    let port = address.port();
    if address.ip().is_loopback() {
        let notice = format!("--open-to-network changes nothing on {address}: add --bind 0.0.0.0:{port}");
        return is_open.then_some(notice);
    }
    let addresses = match own_address() {
        Some(own) if address.ip().is_unspecified() => format!("http://{own}:{port} or another address of this machine"),
        _ => format!("http://{address}"),
    };
    Some(format!(
        "open to the network without accounts: whoever reaches {addresses} can read, change and delete every session; host names \
         work once the setting `hosts` lists them"
    ))
}

/// The address from which this machine reaches others. Nothing is sent to find it.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?; // a documentation address (RFC 5737)
    socket.local_addr().ok().map(|address| address.ip())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opening_to_the_network_says_what_it_does_and_which_addresses_work() {
        assert_eq!(network_notice("127.0.0.1:7878".parse().unwrap(), false), None);
        let useless = network_notice("127.0.0.1:7878".parse().unwrap(), true).unwrap();
        assert!(useless.contains("--bind 0.0.0.0:7878"), "{useless}");
        let one = network_notice("192.168.1.7:80".parse().unwrap(), true).unwrap();
        assert!(
            one.contains("http://192.168.1.7:80 ") && one.contains("without accounts") && !one.contains('\n'),
            "{one}"
        );
        let all = network_notice("0.0.0.0:7878".parse().unwrap(), true).unwrap();
        assert!(all.contains(":7878") && all.contains("`hosts`"), "{all}");
    }
}
