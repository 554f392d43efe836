//! The server under load, in a process of its own so that its memory can be read: 64 clients with 200 requests each.

#![cfg(feature = "serve")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "helpers of tests unwrap, and say what was not tested"
)]

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stapjes::app::Stop;
use stapjes::serve::{Address, AnswerLine, Desk, File, TOKEN_HEADER, serve};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";
const CLIENTS: u32 = 64;
const REQUESTS: u32 = 200;
/// Every so many requests one goes to the queue of simulations.
const RUNS: u32 = 20;
/// What memory may grow by between the first quarter of the requests and the last: buffers that allocators keep.
const MOST_GROWTH: f64 = 8.0;

/// Answers at once with what was asked; a simulation takes a millisecond.
struct Echo;

impl Desk for Echo {
    fn start(&self, _: &str) -> Value {
        Value::Null
    }

    fn check(&self, asked: &Value) -> Value {
        json!({ "asked": asked })
    }

    fn run(&self, asked: &Value, _: &Stop, tell: &(dyn Fn(AnswerLine) -> bool + Sync)) {
        std::thread::sleep(Duration::from_millis(1));
        tell(AnswerLine::Answer { first: false, shown: asked.clone() });
    }

    fn file(&self, _: &Value, _: &Stop) -> Result<File, Value> {
        Err(Value::Null)
    }
}

/// Status, head and body of an answer.
fn post(address: SocketAddr, path: &str, client: u32, body: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let length = body.len();
    let text = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\n{TOKEN_HEADER}: {TOKEN}\r\nX-Stapjes-Client: c{client}\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    stream.write_all(text.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) =
        answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("client {client} lost {text}: {answer:?}"));
    (head.split(' ').nth(1).unwrap().parse().unwrap(), head.to_lowercase(), body.to_owned())
}

/// One client: every request is answered with what was asked, or told to come back, and then it comes back.
fn client(address: SocketAddr, own: u32, requests: std::ops::Range<u32>, turned_away: &AtomicU32) {
    for at in requests {
        let body = format!("{{\"client\":{own},\"at\":{at}}}");
        if at % RUNS != 0 {
            let (status, _, answer) = post(address, "/api/check", own, &body);
            assert_eq!((status, answer), (200, format!("{{\"asked\":{}}}", sorted(&body))));
            continue;
        }
        let began = Instant::now();
        loop {
            let (status, head, answer) = post(address, "/api/run", own, &body);
            if status == 429 {
                turned_away.fetch_add(1, Ordering::Relaxed);
                assert!(head.contains("retry-after: ") && answer.contains("busy"), "{head}");
                assert!(began.elapsed() < Duration::from_secs(60), "client {own} never gets a turn");
                std::thread::sleep(Duration::from_millis(20));
                continue;
            }
            assert_eq!(status, 200, "{answer}");
            assert!(
                answer.contains(&format!("\"shown\":{}", sorted(&body))),
                "client {own}, request {at}: {answer}"
            );
            break;
        }
    }
}

/// A document as the server writes it.
fn sorted(body: &str) -> String {
    serde_json::from_str::<Value>(body).unwrap().to_string()
}

/// Memory of this process, MiB; `None` where the system does not say it so.
fn resident() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok().map(|kilobytes| kilobytes / 1024.0)
}

#[test]
fn sixty_four_clients_lose_nothing_and_memory_stays_flat() {
    let (told, heard) = channel();
    let stop = Stop::default();
    let theirs = stop.clone();
    let server = std::thread::spawn(move || {
        serve(&Address::default(), TOKEN.into(), Echo, &theirs, |listening| {
            told.send(listening.address).unwrap()
        })
    });
    let address = heard.recv().unwrap();
    let turned_away = AtomicU32::new(0);
    let round = |requests: std::ops::Range<u32>| {
        std::thread::scope(|scope| {
            for own in 0..CLIENTS {
                let (requests, turned_away) = (requests.clone(), &turned_away);
                scope.spawn(move || client(address, own, requests, turned_away));
            }
        });
        resident()
    };
    let early = round(0..REQUESTS / 4);
    let late = round(REQUESTS / 4..REQUESTS);
    let away = turned_away.load(Ordering::Relaxed);
    eprintln!("{} requests, {away} told to come back, {early:?} then {late:?} MiB", CLIENTS * REQUESTS);
    assert!(away > 0, "64 clients and ten places: some were told to come back");
    if let (Some(early), Some(late)) = (early, late) {
        assert!(late - early < MOST_GROWTH, "{early:.1} MiB, then {late:.1} MiB");
    }
    stop.set();
    server.join().unwrap().unwrap();
}
