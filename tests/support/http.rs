//! Just enough HTTP to ask the admin server.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// Series as written (`name{label="value"}`) with their values.
pub(crate) type Series = BTreeMap<String, f64>;

/// A port on loopback that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a bound port").port()
}

/// Status and body of `http://address/path`.
pub(crate) fn get(address: &str, path: &str) -> std::io::Result<(u16, String)> {
    ask("GET", address, path)
}

/// The same, asked for by POST.
pub(crate) fn post(address: &str, path: &str) -> std::io::Result<(u16, String)> {
    ask("POST", address, path)
}

/// HTTP/1.0, so the answer ends with the connection.
fn ask(method: &str, address: &str, path: &str) -> std::io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    // In one piece: a server that answers after the first would close the connection on the rest.
    stream.write_all(format!("{method} {path} HTTP/1.0\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.split_whitespace().nth(1).and_then(|status| status.parse().ok());
    let status = status.ok_or_else(|| std::io::Error::other(format!("no HTTP status in {head:?}")))?;
    Ok((status, body.to_owned()))
}

/// The metrics of one process.
#[derive(Debug, Clone)]
pub(crate) struct Metrics(pub(crate) Series);

impl Metrics {
    /// Reads the Prometheus text format.
    pub(crate) fn parse(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        // Labels may hold spaces; the value never does, and there are no timestamps.
        let pairs = lines.filter_map(|line| line.rsplit_once(' '));
        Self(pairs.filter_map(|(series, value)| Some((series.to_owned(), value.parse().ok()?))).collect())
    }

    /// The sum over all series of a name, whatever their labels; 0 where there is none.
    pub(crate) fn sum(&self, name: &str) -> f64 {
        let all = self.0.iter();
        all.filter(|(series, _)| series.split('{').next() == Some(name)).map(|(_, value)| value).sum()
    }

    /// The same for counters: how often something happened.
    pub(crate) fn count(&self, name: &str) -> u64 {
        Self::whole(name, self.sum(name))
    }

    /// The same for one series, as written; 0 where it is not.
    pub(crate) fn count_of(&self, series: &str) -> u64 {
        Self::whole(series, self.0.get(series).copied().unwrap_or_default())
    }

    fn whole(name: &str, sum: f64) -> u64 {
        // The sum of nothing is -0.
        format!("{:.0}", sum + 0.0).parse().unwrap_or_else(|_| panic!("{name} is {sum}, no count"))
    }
}

/// What `/metrics` says at `address`.
pub(crate) fn metrics(address: &str) -> Metrics {
    let (status, body) = get(address, "/metrics").expect("/metrics answers");
    assert_eq!(status, 200, "{body}");
    Metrics::parse(&body)
}
