//! Who may ask what: the checks on every request before it reaches a route.
//!
//! The page is for the person at this machine. Any web page that this person opens elsewhere can send requests to
//! `127.0.0.1` too; these checks keep such requests out (DNS rebinding, cross-site requests, theft by `GET`).
//!
//! Three facts are checked, each against another trick: the host that a request names (a foreign name
//! that resolves to this machine), where the browser says it comes from (a form or script of another
//! site), and a secret that only the page of this start knows. `docs/serve.md` has the threats one by
//! one.

use axum::http::{HeaderMap, Method, StatusCode, Uri, header};

/// Header that carries the token of this start of the server.
pub const TOKEN_HEADER: &str = "x-stapjes-token";

/// What the server answers to, and the secret of this start.
#[derive(Clone, Debug)]
pub(super) struct Gate {
    /// Names with port under which the page may be called, compared without regard to case.
    hosts: Vec<String>,
    /// The secret of this start: 32 hexadecimal digits.
    token: String,
}

/// Why a request is turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// The request names no host, several, or one that is not ours (421).
    ForeignHost,
    /// Neither reading nor asking: the method is not one that any route has (405).
    Method,
    /// The token is missing or wrong (403).
    Token,
    /// The request comes from another site (403).
    CrossSite,
}

impl Refusal {
    /// Status of the answer.
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::ForeignHost => StatusCode::MISDIRECTED_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Token | Self::CrossSite => StatusCode::FORBIDDEN,
        }
    }

    /// Name in the answer, for programs.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::ForeignHost => "foreign-host",
            Self::Method => "method",
            Self::Token => "token",
            Self::CrossSite => "cross-site",
        }
    }
}

impl Gate {
    /// A gate that knows the hosts (`name:port`) under which the page is reached.
    pub(super) fn new(hosts: Vec<String>, token: String) -> Self {
        Self { hosts, token }
    }

    /// The secret of this start.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Lets a request through or says why not.
    ///
    /// # Errors
    /// The first reason in the order host, method, origin, token.
    pub(super) fn admit(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        self.host(uri, headers)?;
        if ![Method::GET, Method::HEAD, Method::POST].contains(method) {
            return Err(Refusal::Method);
        }
        let asks = method == Method::POST;
        if asks || uri.path().starts_with("/api/") {
            self.same_site(asks, headers)?;
            self.secret(headers)?;
        }
        Ok(())
    }

    /// Refuses another host name: a foreign page that resolves to this machine.
    fn host(&self, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        let ours = |name: &str| self.hosts.iter().any(|host| host.eq_ignore_ascii_case(name));
        let mut named = headers.get_all(header::HOST).iter();
        let first = named.next().and_then(|host| host.to_str().ok()).ok_or(Refusal::ForeignHost)?;
        let absolute = uri.authority().is_none_or(|authority| ours(authority.as_str()));
        if named.next().is_some() || !ours(first) || !absolute {
            return Err(Refusal::ForeignHost);
        }
        Ok(())
    }

    /// A browser says where a request comes from; a program that is no browser says nothing, and needs the token anyway.
    fn same_site(&self, asks: bool, headers: &HeaderMap) -> Result<(), Refusal> {
        let all =
            |name: header::HeaderName| headers.get_all(name).iter().map(|value| value.to_str().unwrap_or(""));
        let ours = |origin: &str| {
            origin
                .strip_prefix("http://")
                .is_some_and(|name| self.hosts.iter().any(|host| host.eq_ignore_ascii_case(name)))
        };
        let site = header::HeaderName::from_static("sec-fetch-site");
        let near = |site: &str| site == "same-origin" || (!asks && site == "none");
        if all(header::ORIGIN).all(ours) && all(site).all(near) { Ok(()) } else { Err(Refusal::CrossSite) }
    }

    /// Refuses a request without the token.
    fn secret(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let mut given = headers.get_all(TOKEN_HEADER).iter();
        let first = given.next().map_or(&[][..], |value| value.as_bytes());
        if given.next().is_none() && equal(first, self.token.as_bytes()) {
            Ok(())
        } else {
            Err(Refusal::Token)
        }
    }
}

/// Equality in a time that does not tell how many bytes agree.
fn equal(given: &[u8], secret: &[u8]) -> bool {
    given.len() == secret.len() && given.iter().zip(secret).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

/// 128 random bits as hexadecimal digits.
///
/// # Errors
/// When the operating system has no random bits.
pub(crate) fn new_token() -> std::io::Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| std::io::Error::other(error.to_string()))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(method: Method, uri: &str, headers: &[(&str, &str)]) -> Result<(), Refusal> {
        let gate = Gate::new(vec!["127.0.0.1:8080".into(), "localhost:8080".into()], "secret".into());
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(header::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        }
        gate.admit(&method, &uri.parse().unwrap(), &map)
    }

    const HOST: (&str, &str) = ("host", "127.0.0.1:8080");
    const TOKEN: (&str, &str) = (TOKEN_HEADER, "secret");

    #[test]
    fn only_our_own_name_is_answered() {
        assert_eq!(ask(Method::GET, "/", &[HOST]), Ok(()));
        assert_eq!(ask(Method::GET, "/", &[("host", "LOCALHOST:8080")]), Ok(()));
        let elsewhere = Err(Refusal::ForeignHost);
        assert_eq!(ask(Method::GET, "/", &[]), elsewhere);
        assert_eq!(ask(Method::GET, "/", &[("host", "evil.example:8080")]), elsewhere);
        assert_eq!(
            ask(Method::GET, "/", &[("host", "127.0.0.1")]),
            elsewhere,
            "another port is another server"
        );
        assert_eq!(ask(Method::GET, "/", &[HOST, ("host", "evil.example")]), elsewhere, "two names");
        assert_eq!(ask(Method::GET, "http://evil.example/", &[HOST]), elsewhere, "absolute form");
        assert_eq!(ask(Method::DELETE, "/", &[("host", "evil.example")]), elsewhere, "the host comes first");
    }

    #[test]
    fn asking_needs_the_token_and_the_own_page() {
        let run = "/api/run";
        assert_eq!(ask(Method::POST, run, &[HOST, TOKEN]), Ok(()));
        assert_eq!(ask(Method::POST, run, &[HOST]), Err(Refusal::Token));
        assert_eq!(ask(Method::POST, run, &[HOST, (TOKEN_HEADER, "secreT")]), Err(Refusal::Token));
        assert_eq!(ask(Method::POST, run, &[HOST, TOKEN, TOKEN]), Err(Refusal::Token), "twice");
        assert_eq!(ask(Method::GET, run, &[HOST]), Err(Refusal::Token), "results by GET need it too");
        assert_eq!(ask(Method::POST, "/", &[HOST]), Err(Refusal::Token));
        let from = |origin| ask(Method::POST, run, &[HOST, TOKEN, ("origin", origin)]);
        assert_eq!(from("http://127.0.0.1:8080"), Ok(()));
        for origin in
            ["http://evil.example", "https://127.0.0.1:8080", "null", "http://127.0.0.1:8080.evil.example"]
        {
            assert_eq!(from(origin), Err(Refusal::CrossSite), "{origin}");
        }
        let site = |method, value| ask(method, run, &[HOST, TOKEN, ("sec-fetch-site", value)]);
        assert_eq!(site(Method::POST, "same-origin"), Ok(()));
        assert_eq!(site(Method::POST, "cross-site"), Err(Refusal::CrossSite));
        assert_eq!(site(Method::POST, "none"), Err(Refusal::CrossSite));
        assert_eq!(site(Method::GET, "none"), Ok(()));
        assert_eq!(ask(Method::DELETE, run, &[HOST, TOKEN]), Err(Refusal::Method));
    }

    #[test]
    fn tokens_differ_and_are_long() {
        let (one, other) = (new_token().unwrap(), new_token().unwrap());
        assert!(one != other && one.len() == 32 && one.chars().all(|c| c.is_ascii_hexdigit()));
    }
}
