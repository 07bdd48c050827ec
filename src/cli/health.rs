//! `health`: how a running process is, asked over HTTP as an orchestrator would.
//!
//! In: the address of an admin server's path. Out: its answer, and 0 where that is a 2xx, else 1. It is what a container
//! without shell, curl and wget is probed with, so it must be quick, and it must end: one connection, one deadline.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use url::Url;

use super::Exit;
use super::args::Health;
use super::terminal::{error, result, safe_line};

/// `/ready` with a worker a line is some kilobytes; whoever sends more is not an admin server.
const LONGEST_ANSWER: u64 = 64 * 1024;

/// Asks, and says what was answered.
pub(super) fn run(wanted: &Health) -> Result<Exit, String> {
    let url = plain(&wanted.url)?;
    let within = Duration::from_secs(wanted.timeout.get().into());
    // Nobody answering is no mistake of the one who asks: it is what a probe is there to find.
    Ok(match ask(&url, within) {
        Ok((status, body)) => {
            result(format_args!("{status} {}", safe_line(body.trim())));
            if (200..300).contains(&status) { Exit::Clean } else { Exit::Problems }
        }
        Err(why) => {
            error(format_args!("`{}`: {why}", wanted.url));
            Exit::Problems
        }
    })
}

/// An `http://` address; the admin server speaks nothing else.
fn plain(url: &str) -> Result<Url, String> {
    let help = "write `http://host:port/path`, for example `http://127.0.0.1:9464/live`";
    let parsed = Url::parse(url).map_err(|fault| format!("`{url}` is no URL ({fault}); {help}"))?;
    if parsed.scheme() != "http" || parsed.host().is_none() {
        return Err(format!("`{url}` cannot be asked; {help}"));
    }
    Ok(parsed)
}

/// Status and body. HTTP/1.0, so that the answer ends with the connection.
fn ask(url: &Url, within: Duration) -> Result<(u16, String), String> {
    let until = Instant::now() + within;
    let left =
        || until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()).ok_or("no answer in time");
    let mut stream = connect(url, until)?;
    let why = |fault: std::io::Error| fault.to_string();
    stream.set_write_timeout(Some(left()?)).map_err(why)?;
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let request = format!("GET {path} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).map_err(why)?;
    let mut answer = Vec::new();
    let mut part = [0; 4096];
    // A server that sends a byte now and then must not hold the probe: each read has what is left of the time.
    while (answer.len() as u64) < LONGEST_ANSWER {
        stream.set_read_timeout(Some(left()?)).map_err(why)?;
        match stream.read(&mut part) {
            Ok(0) => break,
            Ok(read) => answer.extend_from_slice(&part[..read]),
            Err(fault) if fault.kind() == std::io::ErrorKind::Interrupted => {}
            Err(fault) if matches!(fault.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {}
            Err(fault) => return Err(why(fault)),
        }
    }
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.strip_prefix("HTTP/1.").and_then(|line| line.split(' ').nth(1)?.parse().ok());
    Ok((status.ok_or("what answered does not speak HTTP")?, body.to_owned()))
}

/// The first of the host's addresses that takes a connection.
fn connect(url: &Url, until: Instant) -> Result<TcpStream, String> {
    let addresses = url.socket_addrs(|| None).map_err(|fault| fault.to_string())?;
    let mut why = "the host has no address".to_string();
    for address in addresses.iter().flat_map(ToSocketAddrs::to_socket_addrs).flatten() {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err("no answer in time".into());
        }
        match TcpStream::connect_timeout(&address, left) {
            Ok(stream) => return Ok(stream),
            Err(fault) => why = fault.to_string(),
        }
    }
    Err(why)
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// What a server that answers so is told to be.
    fn asked(answer: &'static str) -> Result<(u16, String), String> {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/live?full", listener.local_addr().unwrap());
        std::thread::scope(|scope| {
            scope.spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                let mut request = [0; 512];
                let read = stream.read(&mut request).unwrap();
                assert!(request[..read].starts_with(b"GET /live?full HTTP/1.0\r\nHost: 127.0.0.1:"));
                stream.write_all(answer.as_bytes()).unwrap();
            });
            ask(&plain(&url).unwrap(), Duration::from_secs(5))
        })
    }

    #[test]
    fn an_answer_is_its_status_and_its_body() {
        assert_eq!(asked("HTTP/1.1 200 OK\r\na: b\r\n\r\n{\"live\":true}"), Ok((200, "{\"live\":true}".into())));
        assert_eq!(asked("HTTP/1.0 503 Service Unavailable\r\n\r\n"), Ok((503, String::new())));
        assert_eq!(asked("SSH-2.0-x\r\n"), Err("what answered does not speak HTTP".into()));
        assert_eq!(asked(""), Err("what answered does not speak HTTP".into()));
    }

    #[test]
    fn who_never_answers_is_left_at_the_deadline() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = plain(&format!("http://{}/live", listener.local_addr().unwrap())).unwrap();
        let began = Instant::now();
        assert_eq!(ask(&url, Duration::from_millis(100)), Err("no answer in time".into()));
        assert!(began.elapsed() < Duration::from_secs(2));
    }

    #[test]
    fn only_plain_http_can_be_asked() {
        for url in ["https://127.0.0.1/live", "127.0.0.1:9464", "", "file:///live", "http://"] {
            assert!(plain(url).is_err_and(|why| why.contains("http://host:port/path")), "{url}");
        }
    }
}
