//! What `top` draws: on a terminal with ratatui, elsewhere as plain lines.

use std::fmt::Write;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Borders, Cell, Paragraph, Row, Table};

use super::view::{Order, View};
use crate::cli::terminal::safe_line;

/// A count in few letters.
fn short(number: f64) -> String {
    match number {
        n if n >= 1e9 => format!("{:.1}G", n / 1e9),
        n if n >= 1e6 => format!("{:.1}M", n / 1e6),
        n if n >= 1e4 => format!("{:.1}k", n / 1e3),
        n if n >= 100.0 || n.fract() == 0.0 => format!("{n:.0}"),
        n => format!("{n:.1}"),
    }
}

/// A time in few letters.
fn time(seconds: Option<f64>) -> String {
    match seconds {
        None => "-".into(),
        Some(s) if s >= 60.0 => format!("{:.0} min", s / 60.0),
        Some(s) if s >= 1.0 => format!("{s:.1} s"),
        Some(s) if s >= 0.001 => format!("{:.0} ms", s * 1e3),
        Some(s) => format!("{:.0} µs", s * 1e6),
    }
}

fn head(view: &View) -> String {
    let state = if view.ready { "ready" } else { "not ready" };
    format!(
        "undercurrent {}  {state}  {} partitions  {}B  {}",
        safe_line(&view.version),
        short(view.partitions),
        short(view.memory),
        view.packs.iter().map(|pack| safe_line(pack)).collect::<Vec<_>>().join(", ")
    )
}

/// Lag, latencies and stances, a line each.
fn facts(view: &View) -> Vec<String> {
    let mut lines: Vec<String> = view
        .lags
        .iter()
        .map(|(topic, lag, most)| {
            format!("{:<24} {:>8} behind, {:>8} at most", safe_line(topic), short(*lag), short(*most))
        })
        .collect();
    lines.push(match view.drained_in {
        Some(seconds) => format!("worked off in {}", time(Some(seconds))),
        None if view.lags.iter().any(|(_, lag, _)| *lag > 0.0) => "not shrinking".into(),
        None => "nothing waits".into(),
    });
    for (name, median, worst) in &view.latencies {
        lines.push(format!("{name:<14} median {:>8}   p99 {:>8}", time(*median), time(*worst)));
    }
    let stances = view.stances.iter().map(|(stance, count)| format!("{} {}", safe_line(stance), short(*count)));
    lines.push(stances.collect::<Vec<_>>().join("  "));
    lines
}

/// Draws a frame.
pub(super) fn draw(frame: &mut Frame<'_>, view: &View, order: Order, url: &str) {
    let height = u16::try_from(view.rates.len().max(view.lags.len() + 4)).unwrap_or(10) + 2;
    let [top, middle, table, foot] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(height),
        Constraint::Min(4),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    let [left, right] = Layout::horizontal([Constraint::Length(40), Constraint::Min(30)]).areas(middle);
    let bold = Style::new().add_modifier(Modifier::BOLD);
    let colour = if view.ready { Color::Green } else { Color::Red };
    frame.render_widget(Line::from(Span::styled(head(view), bold.fg(colour))), top);
    let rates = view.rates.iter().map(|(name, rate, total)| {
        let row = Row::new([
            Cell::from(*name),
            Cell::from(format!("{:>9}/s", short(*rate))),
            Cell::from(format!("{:>9}", short(*total))),
        ]);
        let bad = matches!(*name, "dead letters" | "aborted") && *rate > 0.0;
        if bad { row.style(Style::new().fg(Color::Red)) } else { row }
    });
    let widths = [Constraint::Length(13), Constraint::Length(12), Constraint::Length(10)];
    frame.render_widget(Table::new(rates, widths).block(block("flow")), left);
    let lines: Vec<Line<'_>> = facts(view).into_iter().map(Line::from).collect();
    frame.render_widget(Paragraph::new(lines).block(block("lag, latency, stance")), right);
    let most = view.indicators.iter().map(|row| row.rate).fold(0.0, f64::max);
    let rows = view.indicators.iter().map(|row| {
        Row::new([
            Cell::from(safe_line(&row.name)),
            Cell::from(format!("{:>9}/s", short(row.rate))),
            Cell::from(format!("{:>9}", short(row.hits))),
            Cell::from(format!("{:>9}", row.took.map_or_else(|| "-".into(), |took| format!("{took:.1} µs")))),
            Cell::from(bar(row.rate, most)).style(Style::new().fg(Color::Cyan)),
        ])
    });
    let widths = [
        Constraint::Min(30),
        Constraint::Length(12),
        Constraint::Length(10),
        Constraint::Length(10),
        Constraint::Length(20),
    ];
    let title = match order {
        Order::Hottest => "indicators, hottest first",
        Order::Slowest => "indicators, slowest first (timed on one post in a thousand)",
    };
    let heads = Row::new(["pack/indicator", "hits", "total", "takes", ""]).style(bold);
    frame.render_widget(Table::new(rows, widths).header(heads).block(block(title)), table);
    frame.render_widget(
        Line::from(format!("q quit   h hottest   s slowest   {}", safe_line(url)))
            .style(Style::new().fg(Color::DarkGray)),
        foot,
    );
}

fn block(title: &str) -> Block<'_> {
    Block::new().borders(Borders::ALL).border_style(Style::new().fg(Color::DarkGray)).title(title)
}

/// Twenty cells at most.
fn bar(value: f64, most: f64) -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 20")]
    let cells = if most > 0.0 { (value / most * 20.0).round().clamp(0.0, 20.0) as usize } else { 0 };
    "█".repeat(cells)
}

/// The same as lines, for what is no terminal; so many indicators at most.
pub(super) fn plain(view: &View, indicators: usize) -> String {
    let mut text = head(view) + "\n\n";
    for (name, rate, total) in &view.rates {
        let _ = writeln!(text, "{name:<14} {:>9}/s  {:>9}", short(*rate), short(*total));
    }
    text.push('\n');
    for line in facts(view) {
        let _ = writeln!(text, "{line}");
    }
    let _ = writeln!(text, "\n{:<50} {:>11} {:>9} {:>10}", "pack/indicator", "hits", "total", "takes");
    for row in view.indicators.iter().take(indicators) {
        let took = row.took.map_or_else(|| "-".into(), |took| format!("{took:.1} µs"));
        let _ =
            writeln!(text, "{:<50} {:>9}/s {:>9} {took:>10}", safe_line(&row.name), short(row.rate), short(row.hits));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::super::scrape::Scrape;
    use super::*;

    #[test]
    fn a_screen_shows_what_matters_and_nothing_of_a_label_escapes() {
        let now = Scrape::read(
            "undercurrent_build_info{version=\"0.1.0\"} 1\nundercurrent_ready 1\n\
             undercurrent_received_total{topic=\"t\"} 40\nundercurrent_lag_records{topic=\"po\u{1b}[2Jsts\"} 12\n\
             undercurrent_hits_total{pack=\"p\",indicator=\"call\"} 6\n",
        );
        let view = View::new(&Scrape::default(), &now, Duration::from_secs(2), Order::Hottest);
        let mut terminal = Terminal::new(TestBackend::new(100, 24)).unwrap();
        terminal.draw(|frame| draw(frame, &view, Order::Hottest, "http://127.0.0.1:9464/")).unwrap();
        let screen = terminal.backend().to_string();
        for said in ["undercurrent 0.1.0  ready", "received", "20/s", "not shrinking", "p/call", "3/s", "██", "q quit"]
        {
            assert!(screen.contains(said), "{said}: {screen}");
        }
        let text = plain(&view, 5);
        assert!(!screen.contains('\u{1b}') && !text.contains('\u{1b}') && text.contains("p/call"), "{text}");
    }
}
