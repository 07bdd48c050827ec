//! `top`: a running process at a glance, from its own `/metrics`.
//!
//! In: the address of an admin server. Out: a screen that is drawn anew every interval, or, where stdout is no terminal,
//! one page after two scrapes.

mod scrape;
mod screen;
mod view;

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use ratatui::crossterm::event::{self, Event, KeyCode, KeyModifiers};
use url::Url;

use super::Exit;
use super::args::Top;
use super::http::{ask, plain};
use super::terminal::result_bytes;
use scrape::Scrape;
use view::{Order, View};

/// The series of some thousand indicators.
const LONGEST_ANSWER: usize = 16 * 1024 * 1024;
/// What an admin server on the other side of the world may take.
const WITHIN: Duration = Duration::from_secs(4);
/// Indicators on the plain page.
const LISTED: usize = 25;

/// Watches until `q`, or once.
pub(super) fn run(wanted: &Top) -> Result<Exit, String> {
    let url = plain(&wanted.url)?.join("/metrics").map_err(|fault| fault.to_string())?;
    let every = Duration::from_secs(wanted.interval.get().into());
    let first = scrape(&url)?;
    if wanted.once || !std::io::stdout().is_terminal() {
        std::thread::sleep(every);
        let view = View::new(&first.1, &scrape(&url)?.1, first.0.elapsed(), order(wanted));
        result_bytes(screen::plain(&view, LISTED).as_bytes());
        return Ok(Exit::Clean);
    }
    // Restored also when it panics: ratatui hooks that.
    let mut terminal = ratatui::init();
    let ended = watch(&mut terminal, &url, first, every, order(wanted));
    ratatui::restore();
    ended.map(|()| Exit::Clean)
}

fn order(wanted: &Top) -> Order {
    if wanted.slowest { Order::Slowest } else { Order::Hottest }
}

fn scrape(url: &Url) -> Result<(Instant, Scrape), String> {
    let (status, body) = ask(url, WITHIN, LONGEST_ANSWER)
        .map_err(|why| format!("`{url}`: {why}; `--url` names the admin server of a running process"))?;
    match status {
        200 => Ok((Instant::now(), Scrape::read(&body))),
        _ => Err(format!("`{url}` answered {status}")),
    }
}

/// Draws every interval and after every key, until `q`, Escape or Ctrl-C.
fn watch(
    terminal: &mut ratatui::DefaultTerminal,
    url: &Url,
    first: (Instant, Scrape),
    every: Duration,
    mut order: Order,
) -> Result<(), String> {
    let (mut before, mut now) = (first, scrape(url)?);
    loop {
        let view = View::new(&before.1, &now.1, now.0.duration_since(before.0), order);
        terminal.draw(|frame| screen::draw(frame, &view, order, url.as_str())).map_err(|fault| fault.to_string())?;
        let left = every.saturating_sub(now.0.elapsed());
        if event::poll(left).map_err(|fault| fault.to_string())? {
            let Event::Key(key) = event::read().map_err(|fault| fault.to_string())? else { continue };
            match key.code {
                KeyCode::Char('q') | KeyCode::Esc => return Ok(()),
                KeyCode::Char('c') if key.modifiers.contains(KeyModifiers::CONTROL) => return Ok(()),
                KeyCode::Char('h') => order = Order::Hottest,
                KeyCode::Char('s') => order = Order::Slowest,
                _ => {}
            }
            continue;
        }
        before = std::mem::replace(&mut now, scrape(url)?);
    }
}
