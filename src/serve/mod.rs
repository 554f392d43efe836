//! The planner's page: a small web server for the person at this machine.
//!
//! Nothing leaves the machine: the server listens on the loopback address, answers only requests that name it and, for
//! everything but the page's own files, carry the secret of this start. `docs/serve.md` has the table of threats.
//!
//! A question goes through `routes` (limits, checks of `gate`) into the `queue`, whose one worker asks
//! the `desk`: the `planner`, which reads the form (`form`, `read`), simulates through `app` and shows
//! the report's own sentences and figures (`shown`, `study`, `variants`). Answers come line by line
//! (`stream`): a first impression within a second, the precise one when it is there.

mod desk;
mod files;
mod form;
mod gate;
mod kept;
mod listen;
mod planner;
mod queue;
mod read;
mod routes;
mod shelf;
mod shown;
mod stream;
mod study;
mod variants;
mod words;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

pub use desk::{AnswerLine, Desk, File};
pub use gate::TOKEN_HEADER;
pub(crate) use gate::new_token;
pub use planner::{Planner, PrecisionGoal};
pub use queue::MOST_WAITING;
pub use routes::MOST_BODY;

use crate::app::Stop;
use gate::Gate;
use queue::Queue;
use routes::{House, router};

/// Where the server listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Address of this machine to listen on.
    pub host: IpAddr,
    /// Port; 0 = any free one.
    pub port: u16,
    /// A name under which other machines reach this one; only with a `host` that is not the loopback address.
    pub name: Option<String>,
}

impl Default for Address {
    fn default() -> Self {
        Self { host: IpAddr::V4(Ipv4Addr::LOCALHOST), port: 0, name: None }
    }
}

/// A server that listens and is about to answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listening {
    /// Where.
    pub address: SocketAddr,
    /// The page with the secret of this start behind the `#`: that part is never sent to any server.
    pub url: String,
}

/// Serves the page until `stop` is set. `started` is called once, when the address is known.
///
/// # Errors
/// When the port is in use, or the system gives no socket, thread or random bits.
pub fn serve(
    address: &Address,
    token: String,
    desk: impl Desk,
    stop: &Stop,
    started: impl FnOnce(&Listening),
) -> std::io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let queue = Queue::new()?;
    let served = runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind((address.host, address.port)).await?;
        let bound = listener.local_addr()?;
        let house = Arc::new(House { gate: Gate::new(hosts(address, bound), token), queue, desk });
        started(&Listening { address: bound, url: url(address, bound, house.gate.token()) });
        listen::listen(listener, router(Arc::clone(&house)), stop).await;
        house.queue.close();
        Ok(())
    });
    // Work that is under way stops at its next look at the flag; waiting for it here would make Ctrl-C slow.
    runtime.shutdown_background();
    served
}

/// Names with port under which the page may be called at this address; on port 80 also without.
fn hosts(address: &Address, bound: SocketAddr) -> Vec<String> {
    let port = bound.port();
    let mut names: Vec<String> =
        ["127.0.0.1", "localhost", "[::1]"].map(|name| format!("{name}:{port}")).into();
    names.push(bound.to_string());
    names.extend(address.name.iter().map(|name| format!("{name}:{port}")));
    if port == 80 {
        names.extend(names.clone().iter().filter_map(|name| name.strip_suffix(":80").map(str::to_owned)));
    }
    names
}

/// The address to open, with the token.
fn url(address: &Address, bound: SocketAddr, token: &str) -> String {
    let shown = match &address.name {
        Some(name) => format!("{name}:{}", bound.port()),
        None => bound.to_string(),
    };
    format!("http://{shown}/#token={token}")
}
