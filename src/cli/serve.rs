//! `stapjes serve`: the planner's page in a browser on this machine.
//!
//! The page listens on the loopback address with a random key in its address: other users of the
//! machine, and web pages in other tabs, do not know the key. Listening to other machines needs two
//! flags, because the connection is not encrypted (`docs/serve.md`).

use crate::said;
use std::net::IpAddr;

use clap::Args;

use super::scenario_argument::available_threads;
use super::{console, interrupt};
use crate::app::Stop;
use crate::error::Error;
use crate::serve::{Address, Planner, PrecisionGoal, new_token, serve};

/// `stapjes serve`.
#[derive(Args, Debug)]
#[command(
    after_help = "The page is for the person at this machine. What you type, the results and your variants stay here: in this program's \
memory and in your browser. Nothing is sent anywhere, and nothing is written to disk."
)]
pub(super) struct ServeArguments {
    /// Port on this machine (default: any free one)
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
    /// Listen on this address instead of the loopback address; other machines that reach it can use the page with its
    /// address and key. Needs --allow-others
    #[arg(long, value_name = "ADDRESS", requires = "allow_others")]
    host: Option<IpAddr>,
    /// Allow other machines than this one; the connection is not encrypted
    #[arg(long, requires = "host")]
    allow_others: bool,
    /// Name under which other machines reach this one
    #[arg(long, value_name = "NAME", requires = "allow_others")]
    name: Option<String>,
    /// Threads to calculate on (default: all cores)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Replicates of the final answers [default: replicates of the scenario]; fewer is faster and less precise
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=10_000_000))]
    replicates: Option<u32>,
    /// Draws of the assumptions of the final answers [default: uncertainty.parameter_draws of the scenario]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(0..=1_000_000))]
    draws: Option<u32>,
}

/// Serves the page until Ctrl-C.
///
/// # Errors
/// `CannotCreate` for a port that is taken or an address that this machine does not have; `Output` when
/// the system has no random key.
pub(super) fn run(arguments: &ServeArguments, stop: &Stop) -> Result<(), Error> {
    interrupt::listen(stop)?;
    let mut address = Address { port: arguments.port, name: arguments.name.clone(), ..Address::default() };
    if let Some(host) = arguments.host {
        address.host = host;
    }
    let threads = arguments.threads.map_or_else(available_threads, usize::from);
    let token = new_token().map_err(|error| {
        Error::output(said!(
            "geen willekeurige sleutel voor de pagina: {error}",
            "no random key for the page: {error}",
            error = crate::language::spoken(&error)
        ))
    })?;
    let started = |listening: &crate::serve::Listening| {
        console::tell(&said!(
            "stapjes: de pagina staat op\n  {}\nCtrl-C stopt hem. Niets verlaat deze computer.",
            "stapjes: the page is at\n  {}\nCtrl-C stops it. Nothing leaves this machine.",
            listening.url
        ));
    };
    let precision = PrecisionGoal { replicates: arguments.replicates, draws: arguments.draws };
    serve(&address, token, Planner::new(threads, precision), stop, started).map_err(|error| {
        match error.kind() {
            std::io::ErrorKind::AddrInUse => Error::cannot_create(said!(
                "poort {} is bezet: kies een andere met --port, of laat die weg",
                "port {} is in use: choose another with --port, or leave it out",
                arguments.port
            )),
            _ => Error::cannot_create(said!(
                "de pagina kan niet worden geopend: {error}",
                "the page cannot be served: {error}",
                error = crate::language::spoken(&error)
            )),
        }
    })
}
