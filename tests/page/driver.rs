//! Just enough WebDriver to look at a page as a person does: ChromeDriver over HTTP, a session in headless Chromium.
//!
//! Why no test framework from npm: both programs are Debian's and belong together, the protocol is JSON over HTTP, and a
//! test then needs no other package manager, lock file or download.

use std::fs::File;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{free_port, wait_until};

/// WebDriver's names of keys.
pub(crate) const ENTER: &str = "\u{e007}";
pub(crate) const ESCAPE: &str = "\u{e00c}";
pub(crate) const TAB: &str = "\u{e004}";
pub(crate) const HOME: &str = "\u{e011}";
pub(crate) const DOWN: &str = "\u{e015}";

/// A browser with one page; it ends when this is dropped.
pub(crate) struct Browser {
    driver: Child,
    address: String,
    session: String,
}

impl Browser {
    /// Starts both programs; `None` where they are not installed. Nothing but loopback can be reached from the page.
    pub(crate) fn start(scratch: &Path) -> Option<Self> {
        let port = free_port();
        let log = File::create(scratch.join("chromedriver.log")).expect("a log file");
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(log.try_clone().expect("a second handle"))
            .stderr(log)
            .stdin(Stdio::null())
            .spawn()
            .ok()?;
        let mut browser = Self { driver, address: format!("127.0.0.1:{port}"), session: String::new() };
        wait_until("ChromeDriver answers", Duration::from_secs(20), || {
            ask(&browser.address, "GET", "/status", None).is_ok_and(|status| status["ready"] == true)
        });
        let profile = format!("--user-data-dir={}", scratch.join("profile").display());
        let options = json!({
            "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
                "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
                "--lang=en", "--hide-scrollbars", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", profile,
            ],
        });
        let wanted = json!({
            "goog:chromeOptions": options, "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "unhandledPromptBehavior": "ignore",
        });
        let asked = json!({ "capabilities": { "alwaysMatch": wanted } });
        let session = ask(&browser.address, "POST", "/session", Some(&asked)).expect("a session in Chromium");
        browser.session = format!("/session/{}", session["sessionId"].as_str().expect("its id"));
        Some(browser)
    }

    fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        ask(&self.address, method, &format!("{}{path}", self.session), body)
            .unwrap_or_else(|why| panic!("{path}: {why}"))
    }

    pub(crate) fn open(&self, url: &str) {
        self.call("POST", "/url", Some(&json!({ "url": url })));
    }

    /// The value of an expression in the page.
    pub(crate) fn eval(&self, expression: &str) -> Value {
        self.run(&format!("return ({expression});"))
    }

    pub(crate) fn run(&self, script: &str) -> Value {
        self.call("POST", "/execute/sync", Some(&json!({ "script": script, "args": [] })))
    }

    /// A command of the Chrome DevTools Protocol.
    pub(crate) fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.call("POST", "/goog/cdp/execute", Some(&json!({ "cmd": command, "params": parameters })))
    }

    /// Keys, one after the other, to whatever has the focus.
    pub(crate) fn keys(&self, keys: &str) {
        let strokes =
            keys.chars().flat_map(|key| ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key })));
        let actions = json!([{ "type": "key", "id": "keyboard", "actions": strokes.collect::<Value>() }]);
        self.call("POST", "/actions", Some(&json!({ "actions": actions })));
    }

    /// A click of the mouse in the middle of an element.
    pub(crate) fn click(&self, selector: &str) {
        let found = self.call("POST", "/element", Some(&json!({ "using": "css selector", "value": selector })));
        let id = found.as_object().and_then(|found| found.values().next()).and_then(Value::as_str).expect("an element");
        self.call("POST", &format!("/element/{id}/click"), Some(&json!({})));
    }

    /// The size of the page, in CSS pixels, and how many pixels of the picture one of them is.
    pub(crate) fn size(&self, width: u32, height: u32, scale: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", &size);
    }

    pub(crate) fn prefers(&self, feature: &str, value: &str) {
        let features = json!([{ "name": feature, "value": value }]);
        self.devtools("Emulation.setEmulatedMedia", &json!({ "features": features }));
    }

    /// A picture, as PNG in base64; written to `path` by Debian's `base64`, so that no decoder is needed here.
    pub(crate) fn picture(&self, path: &Path) {
        let picture = self.call("GET", "/screenshot", None);
        let mut decode = Command::new("base64")
            .arg("-d")
            .stdin(Stdio::piped())
            .stdout(File::create(path).expect("a file for the picture"))
            .spawn()
            .expect("base64 runs");
        let mut input = decode.stdin.take().expect("its input");
        input.write_all(picture.as_str().expect("base64").as_bytes()).expect("it reads");
        drop(input);
        assert!(decode.wait().expect("its end").success());
    }

    /// What the browser logged since the last call: `browser` is the console, `performance` what it asked for.
    pub(crate) fn log(&self, of: &str) -> Vec<Value> {
        self.call("POST", "/se/log", Some(&json!({ "type": of }))).as_array().cloned().unwrap_or_default()
    }

    /// Whether a dialog is open.
    pub(crate) fn dialog(&self) -> bool {
        ask(&self.address, "GET", &format!("{}/alert/text", self.session), None).is_ok()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It takes Chromium with it.
        let _ = ask(&self.address, "DELETE", &self.session, None);
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The `value` of ChromeDriver's answer.
fn ask(address: &str, method: &str, path: &str, body: Option<&Value>) -> Result<Value, String> {
    let body = body.map(Value::to_string).unwrap_or_default();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
    let talk = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(60)))?;
        stream.write_all(request.as_bytes())?;
        let (mut answer, mut bytes) = (Vec::new(), [0; 8_192]);
        loop {
            let read = stream.read(&mut bytes)?;
            answer.extend(&bytes[..read]);
            if read == 0 || whole(&answer) {
                return Ok(String::from_utf8_lossy(&answer).into_owned());
            }
        }
    };
    let answer = talk().map_err(|fault| fault.to_string())?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("no HTTP answer")?;
    let value: Value = serde_json::from_str(body).map_err(|fault| format!("{fault} in {body}"))?;
    if head.starts_with("HTTP/1.1 200") { Ok(value["value"].clone()) } else { Err(value["value"].to_string()) }
}

/// Whether an answer has all the bytes that its head promises.
fn whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    length.is_some_and(|length| answer.len() >= end + 4 + length)
}
