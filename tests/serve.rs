//! The server against raw HTTP, row by row of the table of threats in `docs/serve.md`; the desk behind it is a small one,
//! so that nothing here waits for a simulation.

#![cfg(feature = "serve")]
#![allow(clippy::unwrap_used, reason = "helpers of tests, too")]

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr, TcpStream};
use std::sync::mpsc::channel;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use stapjes::app::Stop;
use stapjes::serve::{
    Address, AnswerLine, Desk, File, MOST_BODY, MOST_WAITING, Planner, PrecisionGoal, TOKEN_HEADER, serve,
};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Counts: `{"until": n}` answers n; `{"until": null}` goes on until it is stopped.
struct Counter;

impl Desk for Counter {
    fn start(&self, _: &str) -> Value {
        json!({ "ready": true })
    }

    fn check(&self, asked: &Value) -> Value {
        json!({ "asked": asked })
    }

    fn run(&self, asked: &Value, stop: &Stop, tell: &(dyn Fn(AnswerLine) -> bool + Sync)) {
        assert!(asked["panic"].is_null(), "asked to panic");
        if asked["flood"] == true {
            // More than any buffer between here and a reader who takes nothing.
            let much = json!("x".repeat(1 << 20));
            while tell(AnswerLine::Answer { first: true, shown: much.clone() }) {}
            return;
        }
        let until = asked["until"].as_u64();
        for done in 0.. {
            if stop.is_set() {
                return;
            }
            if until.is_some_and(|until| done >= until) {
                tell(AnswerLine::Answer { first: false, shown: json!(done) });
                return;
            }
            tell(AnswerLine::Progress { done, total: until.unwrap_or(u64::MAX) });
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn file(&self, asked: &Value, _: &Stop) -> Result<File, Value> {
        match asked["file"].as_str() {
            Some(name) => Ok(File { name: name.into(), kind: "text/plain", bytes: b"made".to_vec() }),
            None => Err(json!([{ "field": "", "message": "which file?" }])),
        }
    }
}

struct Server {
    address: SocketAddr,
    url: String,
    stop: Stop,
    thread: Option<JoinHandle<std::io::Result<()>>>,
}

impl Server {
    fn start() -> Self {
        Self::at(Address::default())
    }

    fn at(address: Address) -> Self {
        Self::with(address, Counter)
    }

    fn with(address: Address, desk: impl Desk) -> Self {
        let stop = Stop::default();
        let (told, heard) = channel();
        let theirs = stop.clone();
        let thread = std::thread::spawn(move || {
            serve(&address, TOKEN.into(), desk, &theirs, |listening| told.send(listening.clone()).unwrap())
        });
        let listening = heard.recv().unwrap();
        Self { address: listening.address, url: listening.url, stop, thread: Some(thread) }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.address.port())).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream
    }

    /// Sends bytes and reads until the server closes.
    fn raw(&self, bytes: &[u8]) -> String {
        self.send(bytes, false)
    }

    fn send(&self, bytes: &[u8], end: bool) -> String {
        let mut stream = self.connect();
        // The server may answer and close before it has read everything.
        let _ = stream.write_all(bytes);
        if end {
            let _ = stream.shutdown(Shutdown::Write);
        }
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    fn host(&self) -> String {
        format!("Host: {}\r\n", self.address)
    }

    fn get(&self, path: &str, headers: &str) -> String {
        self.raw(
            format!("GET {path} HTTP/1.1\r\n{}{headers}Connection: close\r\n\r\n", self.host()).as_bytes(),
        )
    }

    fn post(&self, path: &str, headers: &str, body: &str) -> String {
        let host = self.host();
        let length = body.len();
        let text = format!(
            "POST {path} HTTP/1.1\r\n{host}{TOKEN_HEADER}: {TOKEN}\r\nContent-Length: {length}\r\n{headers}Connection: close\r\n\r\n{body}"
        );
        self.raw(text.as_bytes())
    }

    fn finish(mut self) {
        self.stop.set();
        self.thread.take().unwrap().join().unwrap().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.set();
    }
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0)
}

fn token() -> String {
    format!("{TOKEN_HEADER}: {TOKEN}\r\n")
}

#[test]
fn the_page_comes_with_rules_for_the_browser_and_listens_on_this_machine_only() {
    let server = Server::start();
    assert_eq!(server.address.ip(), IpAddr::V4(Ipv4Addr::LOCALHOST));
    assert_eq!(server.url, format!("http://{}/#token={TOKEN}", server.address));
    for path in ["/", "/app.js", "/app.css", "/icon.svg", "/api/start", "/nowhere"] {
        let answer = server.get(path, &token());
        assert_eq!(status(&answer), if path == "/nowhere" { 404 } else { 200 }, "{path}: {answer}");
        let head = answer.split("\r\n\r\n").next().unwrap().to_lowercase();
        for rule in [
            "content-security-policy: default-src 'none'; script-src 'self'; style-src 'self';",
            "frame-ancestors 'none'",
            "x-content-type-options: nosniff",
            "referrer-policy: no-referrer",
            "cache-control: no-store",
            "cross-origin-resource-policy: same-origin",
        ] {
            assert!(head.contains(rule), "{path} lacks {rule}: {head}");
        }
        assert!(!head.contains("access-control-"), "{path}: no other site may read this");
    }
    server.finish();
}

#[test]
fn the_page_is_small_before_there_are_results() {
    let server = Server::start();
    let files = ["/", "/app.js", "/app.css", "/report.css", "/figures.js", "/icon.svg"];
    let body = |path: &str| server.get(path, "").split_once("\r\n\r\n").unwrap().1.len();
    let start = Planner::new(1, PrecisionGoal::default()).start("nl").to_string().len();
    let total = start + files.iter().map(|path| body(path)).sum::<usize>();
    assert!(total < 400_000, "{total} bytes");
    server.finish();
}

#[test]
fn the_help_says_where_data_go() {
    for (lang, words) in [("en", "Nothing is sent anywhere"), ("nl", "Er wordt niets verstuurd")] {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_stapjes"));
        let help = command.args(["serve", "--help"]).env("STAPJES_LANG", lang).output().unwrap();
        let text = String::from_utf8(help.stdout).unwrap().replace('\n', " ");
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn another_name_for_this_machine_is_not_answered() {
    let server = Server::start();
    let port = server.address.port();
    for head in [
        "Host: evil.example\r\n".to_owned(),
        format!("Host: evil.example:{port}\r\n"),
        "Host: 127.0.0.1\r\n".to_owned(),
        format!("Host: 127.0.0.1:{port}\r\nHost: evil.example\r\n"),
        format!("Host: 127.0.0.1:{port}.evil.example\r\n"),
        String::new(),
    ] {
        let answer = server.raw(format!("GET / HTTP/1.1\r\n{head}Connection: close\r\n\r\n").as_bytes());
        assert!([421, 400].contains(&status(&answer)), "{head:?}: {answer}");
        assert!(!answer.contains("stapjes</title>"), "{head:?}");
    }
    let absolute =
        format!("GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    assert_eq!(status(&server.raw(absolute.as_bytes())), 421);
    let known = format!("GET / HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
    assert_eq!(status(&server.raw(known.as_bytes())), 200);
    server.finish();
}

#[test]
fn other_sites_can_neither_ask_nor_read() {
    let server = Server::start();
    assert_eq!(status(&server.get("/api/start", "")), 403, "results by GET need the token");
    assert_eq!(status(&server.get("/api/start", &format!("{TOKEN_HEADER}: {}\r\n", "f".repeat(32)))), 403);
    let bare = format!(
        "POST /api/check HTTP/1.1\r\n{}Content-Length: 2\r\nConnection: close\r\n\r\n{{}}",
        server.host()
    );
    assert_eq!(status(&server.raw(bare.as_bytes())), 403);
    for (header, expected) in [
        (format!("Origin: http://{}\r\nSec-Fetch-Site: same-origin\r\n", server.address), 200),
        ("Origin: http://evil.example\r\n".to_owned(), 403),
        ("Origin: null\r\n".to_owned(), 403),
        ("Sec-Fetch-Site: cross-site\r\n".to_owned(), 403),
        ("Sec-Fetch-Site: same-site\r\n".to_owned(), 403),
    ] {
        let answer = server.post("/api/check", &header, "{}");
        assert_eq!(status(&answer), expected, "{header}");
    }
    for method in ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"] {
        let text = format!(
            "{method} /api/run HTTP/1.1\r\n{}{}Content-Length: 0\r\nConnection: close\r\n\r\n",
            server.host(),
            token()
        );
        assert_eq!(status(&server.raw(text.as_bytes())), 405, "{method}");
    }
    server.finish();
}

#[test]
fn a_file_comes_with_its_name_or_says_what_is_wrong() {
    let server = Server::start();
    let answer = server.post("/api/file", "", "{\"file\": \"a\\\"b.toml\"}");
    assert!(answer.contains("filename=\"ab.toml\"") && answer.ends_with("made"), "{answer}");
    let answer = server.post("/api/file", "", "{}");
    assert!(status(&answer) == 422 && answer.contains("which file?"), "{answer}");
    server.finish();
}

#[test]
fn what_is_too_large_is_refused_and_paths_are_no_files() {
    let server = Server::start();
    let large = format!("\"{}\"", "x".repeat(MOST_BODY));
    assert_eq!(status(&server.post("/api/check", "", &large)), 413);
    let fits = format!("\"{}\"", "x".repeat(MOST_BODY - 2));
    assert_eq!(status(&server.post("/api/check", "", &fits)), 200);
    let mut chunks = format!(
        "POST /api/check HTTP/1.1\r\n{}{}Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n",
        server.host(),
        token()
    );
    for _ in 0..20 {
        chunks.push_str(&format!("10000\r\n{}\r\n", "x".repeat(0x10000)));
    }
    chunks.push_str("0\r\n\r\n");
    assert_eq!(status(&server.raw(chunks.as_bytes())), 413, "without a stated length too");
    let answer = server.get("/", &format!("X-Long: {}\r\n", "x".repeat(17 * 1024)));
    assert_eq!(status(&answer), 431);
    for path in [
        "/../Cargo.toml",
        "/%2e%2e/Cargo.toml",
        "/api/../../etc/passwd",
        "//etc/passwd",
        "/app.js/..",
        "/page/index.html",
    ] {
        let answer = server.get(path, &token());
        assert!([404, 400].contains(&status(&answer)), "{path}: {answer}");
        assert!(!answer.contains("root:") && !answer.contains("[package]"), "{path}");
    }
    for body in ["", "{", "nonsense", "\u{0}"] {
        assert_eq!(status(&server.post("/api/check", "", body)), 400, "{body:?}");
    }
    server.finish();
}

#[test]
fn half_open_connections_are_closed_and_others_are_served_meanwhile() {
    let server = Server::start();
    let began = Instant::now();
    let half: Vec<TcpStream> = (0..20)
        .map(|at| {
            let mut stream = server.connect();
            // Some say nothing at all, some begin a head, some end it and hold back the body.
            match at % 3 {
                0 => {}
                1 => stream.write_all(b"GET / HTTP/1.1\r\nHost: ").unwrap(),
                _ => stream
                    .write_all(
                        format!(
                            "POST /api/check HTTP/1.1\r\n{}{}Content-Length: 9\r\n\r\n{{",
                            server.host(),
                            token()
                        )
                        .as_bytes(),
                    )
                    .unwrap(),
            }
            stream
        })
        .collect();
    assert_eq!(status(&server.get("/", "")), 200, "others are served");
    for (at, mut stream) in half.into_iter().enumerate() {
        let mut answer = Vec::new();
        // A reset is an end too.
        let _ = stream.read_to_end(&mut answer);
        assert!(began.elapsed() < Duration::from_secs(18), "connection {at} is still open");
        if at % 3 == 2 {
            assert_eq!(status(&String::from_utf8_lossy(&answer)), 408);
        }
    }
    server.finish();
}

#[test]
fn a_reader_who_takes_nothing_holds_neither_the_work_nor_the_connection() {
    let server = Server::start();
    let began = Instant::now();
    let body = "{\"flood\": true}";
    let mut silent = server.connect();
    let text = format!(
        "POST /api/run HTTP/1.1\r\n{}{}X-Stapjes-Client: silent\r\nContent-Length: {}\r\n\r\n{body}",
        server.host(),
        token(),
        body.len()
    );
    silent.write_all(text.as_bytes()).unwrap();
    // Its answer has begun: on a busy machine the next could have its turn before it.
    silent.read_exact(&mut [0]).unwrap();
    let answer = server.post("/api/run", "X-Stapjes-Client: next\r\n", "{\"until\": 1}");
    assert!(answer.contains("\"shown\":1"), "the next in the queue has its turn: {answer}");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    // What was on its way comes out, and then the end.
    let most = 1 << 28;
    let rest = std::io::copy(&mut silent.take(most), &mut std::io::sink()).unwrap_or_default();
    assert!(
        rest < most && began.elapsed() < Duration::from_secs(25),
        "the connection is closed after {rest} bytes"
    );
    server.finish();
}

#[test]
fn a_newer_question_cancels_the_older_one_and_a_reader_who_leaves_frees_the_place() {
    let server = Server::start();
    let ask = |client: &str| {
        let mut stream = server.connect();
        let body = "{\"until\": null}";
        let text = format!(
            "POST /api/run HTTP/1.1\r\n{}{}X-Stapjes-Client: {client}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            server.host(),
            token(),
            body.len()
        );
        stream.write_all(text.as_bytes()).unwrap();
        let mut first = [0; 1024];
        assert!(stream.read(&mut first).unwrap() > 0);
        stream
    };
    let mut older = ask("tab1");
    let newer = server.post("/api/run", "X-Stapjes-Client: tab1\r\n", "{\"until\": 3}");
    assert!(newer.contains("\"line\":\"answer\"") && newer.contains("\"shown\":3"), "{newer}");
    let mut rest = String::new();
    older.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("superseded") && !rest.contains("answer"), "{rest}");
    drop(ask("tab2"));
    let after = server.post("/api/run", "X-Stapjes-Client: tab3\r\n", "{\"until\": 1}");
    assert!(after.contains("\"shown\":1"), "the work of the reader who left has stopped: {after}");
    let failed = server.post("/api/run", "", "{\"panic\": true}");
    assert!(failed.contains("\"ended\":\"failed\""), "{failed}");
    assert!(
        server.post("/api/run", "", "{\"until\": 1}").contains("\"shown\":1"),
        "and the next is answered"
    );
    server.finish();
}

#[test]
fn the_difference_between_variants_of_other_sizes_and_years_comes_over_http() {
    let server = Server::with(
        Address::default(),
        Planner::new(2, PrecisionGoal { replicates: Some(2), draws: Some(2) }),
    );
    let variant = |name: &str, years: &str, clients: &str| {
        let form = json!({
            "inhabitants": "5.000", "benefits": "100", "far_clients": clients, "caseworkers_now": "0,5", "caseworkers_fip": "0,5",
            "years": years, "talks_per_year": "4"
        });
        json!({ "name": name, "asked": { "lang": "nl", "form": form } })
    };
    let ask = |variants: Value| {
        let body = json!({ "lang": "nl", "question": "work", "variants": variants }).to_string();
        let answer = server.post("/api/run", "", &body);
        assert_eq!(status(&answer), 200, "{answer}");
        // Chunks carry their length on lines of their own.
        let lines: Vec<Value> = answer.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        lines.into_iter().rfind(Value::is_object).unwrap()
    };
    let last = ask(json!([variant("klein", "1", "40"), variant("groot <i>", "2", "60")]));
    assert_eq!((&last["line"], &last["first"]), (&json!("answer"), &json!(false)), "{last}");
    let tables = last["shown"]["tables"].as_str().unwrap();
    assert!(tables.contains("na zijn eigen looptijd") && !tables.contains("<i>"), "{tables}");
    let notes = last["shown"]["notes"].to_string();
    assert!(notes.contains("De plannen lopen niet even lang"), "{notes}");
    for wrong in [
        json!([variant("een", "1", "40")]),
        json!([variant("een", "1", "40"), { "name": "leeg" }, "geen variant", 3, null, variant("x", "0", "4000")]),
        json!([variant("een", "1", "40"), { "name": "eigen", "asked": { "toml": "extends = \"verification/ladder-6\"" } }]),
        json!([variant("een", "1", "40"), { "name": "stuk", "asked": { "toml": "[[" } }]),
    ] {
        let last = ask(wrong.clone());
        assert_eq!(last["line"], "refused", "{wrong}: {last}");
        let message = last["problems"][0]["message"].as_str().unwrap();
        assert!(message.len() > 10, "{wrong}: {message}");
    }
    server.finish();
}

#[test]
fn a_full_queue_is_said_at_once() {
    let server = Server::start();
    let body = "{\"until\": null}";
    let open: Vec<TcpStream> = (0..=MOST_WAITING)
        .map(|at| {
            let mut stream = server.connect();
            let text = format!(
                "POST /api/run HTTP/1.1\r\n{}{}X-Stapjes-Client: c{at}\r\nContent-Length: {}\r\n\r\n{body}",
                server.host(),
                token(),
                body.len()
            );
            stream.write_all(text.as_bytes()).unwrap();
            let mut head = [0; 12];
            stream.read_exact(&mut head).unwrap();
            assert_eq!(&head[9..], b"200");
            stream
        })
        .collect();
    let answer = server.post("/api/run", "X-Stapjes-Client: late\r\n", body);
    assert_eq!(status(&answer), 429, "{answer}");
    assert!(answer.to_lowercase().contains("retry-after: 5"), "{answer}");
    assert_eq!(status(&server.get("/", "")), 200, "the page itself still comes");
    drop(open);
    let began = Instant::now();
    while status(&server.post("/api/run", "X-Stapjes-Client: late\r\n", "{\"until\": 1}")) != 200 {
        assert!(began.elapsed() < Duration::from_secs(10), "readers who left free their places");
        std::thread::sleep(Duration::from_millis(20));
    }
    server.finish();
}

#[test]
fn silent_connections_on_every_place_keep_others_waiting_for_seconds_only() {
    let server = Server::start();
    let silent: Vec<TcpStream> = (0..64).map(|_| server.connect()).collect();
    // All have been accepted when one more gets no answer at once.
    std::thread::sleep(Duration::from_millis(300));
    let began = Instant::now();
    assert_eq!(status(&server.get("/", "")), 200);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    drop(silent);
    server.finish();
}

#[test]
fn other_machines_need_a_flag_and_the_key_all_the_same() {
    let refused = stapjes(&["serve", "--host", "0.0.0.0"]).output().unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && said.contains("--allow-others"), "{said}");
    let everywhere = Address { host: IpAddr::V4(Ipv4Addr::UNSPECIFIED), ..Address::default() };
    let server = Server::at(everywhere);
    let port = server.address.port();
    let ask = |host: &str, key: &str| {
        let text =
            format!("GET /api/start HTTP/1.1\r\nHost: {host}:{port}\r\n{key}Connection: close\r\n\r\n");
        status(&server.raw(text.as_bytes()))
    };
    assert_eq!(ask("127.0.0.1", ""), 403);
    assert_eq!(ask("127.0.0.1", &token()), 200);
    assert_eq!(ask("192.0.2.7", &token()), 421, "a name that nobody gave it");
    server.finish();
}

fn stapjes(words: &[&str]) -> std::process::Command {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_stapjes"));
    command.args(words).env("STAPJES_LANG", "en").stdin(std::process::Stdio::null());
    command
}

#[cfg(unix)]
#[test]
fn the_program_says_its_address_names_a_port_in_use_and_ends_well_at_ctrl_c() {
    use std::io::{BufRead, BufReader};
    let mut child = stapjes(&["serve"]).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines().map(Result::unwrap);
    let url = said.find(|line| line.contains("http://")).unwrap();
    let url = url.trim().strip_prefix("http://127.0.0.1:").unwrap().to_owned();
    let (port, key) = url.split_once("/#token=").unwrap();
    assert_eq!(key.len(), 32);
    let second = stapjes(&["serve", "--port", port]).output().unwrap();
    let words = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(second.status.code() == Some(73) && words.contains(&format!("port {port} is in use")), "{words}");
    let interrupted =
        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(interrupted.success());
    let began = Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
}

#[test]
fn no_request_ends_the_server() {
    let server = Server::start();
    // A small generator of its own: what is sent must be the same at every run.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let whole = format!(
        "POST /api/run HTTP/1.1\r\n{}{}Content-Length: 11\r\nConnection: close\r\n\r\n{{\"until\":1}}",
        server.host(),
        token()
    );
    for _ in 0..300 {
        let mut bytes = whole.clone().into_bytes();
        for _ in 0..=next() % 6 {
            let at = next() as usize % bytes.len();
            match next() % 4 {
                0 => bytes[at] = next() as u8,
                1 => bytes.truncate(at.max(1)),
                2 => bytes.insert(at, next() as u8),
                _ => bytes.extend_from_within(at..),
            }
        }
        let answer = server.send(&bytes, true);
        assert!(answer.is_empty() || status(&answer) >= 200, "{answer}");
    }
    assert_eq!(status(&server.get("/", "")), 200);
    server.finish();
}

#[test]
fn a_stop_ends_open_answers_and_a_port_in_use_is_an_error() {
    let server = Server::start();
    let mut stream = server.connect();
    let body = "{\"until\": null}";
    let text = format!(
        "POST /api/run HTTP/1.1\r\n{}{}Content-Length: {}\r\n\r\n{body}",
        server.host(),
        token(),
        body.len()
    );
    stream.write_all(text.as_bytes()).unwrap();
    let mut first = [0; 64];
    assert!(stream.read(&mut first).unwrap() > 0);
    let taken = Address { port: server.address.port(), ..Address::default() };
    let stop = Stop::default();
    let error = serve(&taken, TOKEN.into(), Counter, &stop, |_| panic!("the port is in use")).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
    let began = Instant::now();
    let address = server.address;
    server.finish();
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
}
