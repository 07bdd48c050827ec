//! Records of the output topics as people read them, drawn from their wire shape.

use std::fmt::Write;

use serde_json::Value;

use super::explain::Marks;
use super::terminal::{BAD, BOLD, CAUSE, DIM, GOOD, MARK, WARN, safe_line};
use crate::score::Field;

/// Code points of a post's words that a line shows.
const SHOWN: usize = 100;

/// A string of a record, on one line and harmless.
pub(super) fn text(value: &Value) -> String {
    safe_line(value.as_str().unwrap_or_default())
}

/// The first words of something, harmless.
pub(super) fn head(words: &str, most: usize) -> String {
    let mut shown: String = words.chars().take(most).collect();
    if words.chars().nth(most).is_some() {
        shown.push('…');
    }
    safe_line(&shown)
}

/// An alert: what raised it, the post with its marks, the hits.
pub(super) fn alert(record: &Value) -> String {
    let mut drawn = format!(
        "{BAD}ALERT{BAD:#} {BOLD}{}/{}{BOLD:#} ({})  score {}, {}  {DIM}{}{DIM:#}\n",
        text(&record["pack"]),
        text(&record["alert"]),
        text(&record["level"]),
        record["score"],
        text(&record["stance"]),
        text(&record["post"]["id"])
    );
    let marks = marks(record);
    for (field, key) in [(Field::Title, "title"), (Field::Text, "text")] {
        if let Some(words) = record["post"][key].as_str().filter(|words| !words.is_empty()) {
            for line in marks.draw(field, words).lines() {
                let _ = writeln!(drawn, "    {line}");
            }
        }
    }
    let hits = record["hits"].as_array().into_iter().flatten();
    let hits = hits.map(|hit| format!("{} {}", text(&hit["id"]), hit["kept"])).collect::<Vec<_>>().join(", ");
    let _ = writeln!(drawn, "    {DIM}{hits}{DIM:#}");
    drawn
}

/// A scored post: its score and stance, where it comes from, its packs and hits, its first words.
pub(super) fn scored(record: &Value) -> String {
    let score = record["score"].as_f64().unwrap_or(0.0);
    let stance = record["stance"].as_str().unwrap_or("no hit");
    let colour = match stance {
        "asserts" | "relays" => BAD,
        "reports" | "disputes" => GOOD,
        _ => DIM,
    };
    let post = &record["post"];
    let mut drawn =
        format!("{BOLD}{score:>5.1}{BOLD:#} {colour}{:<8}{colour:#} {}", safe_line(stance), text(&record["id"]));
    for pack in record["packs"].as_array().into_iter().flatten() {
        let hits = pack["hits"].as_array().into_iter().flatten().map(|hit| text(&hit["id"]));
        let hits = hits.collect::<Vec<_>>().join(" ");
        let _ = write!(drawn, "  {BOLD}{}{BOLD:#} {} {DIM}{hits}{DIM:#}", text(&pack["pack"]), pack["score"]);
    }
    for alert in record["alerts"].as_array().into_iter().flatten() {
        let _ = write!(drawn, "  {BAD}ALERT {}{BAD:#}", text(&alert["id"]));
    }
    let words = post["title"].as_str().or(post["text"].as_str()).unwrap_or_default();
    if !words.is_empty() {
        let _ = write!(drawn, "\n      {DIM}{}{DIM:#}", head(words, SHOWN));
    }
    drawn.push('\n');
    drawn
}

/// A dead letter: why, from where, the first of its bytes.
pub(super) fn dead_letter(reason: &str, origin: &str, why: &str, payload: &[u8]) -> String {
    format!(
        "{WARN}dead letter{WARN:#}  {BOLD}{}{BOLD:#}  {DIM}{}{DIM:#}  {}\n      {DIM}{}{DIM:#}\n",
        safe_line(reason),
        safe_line(origin),
        safe_line(why),
        head(&String::from_utf8_lossy(&payload[..payload.len().min(SHOWN * 4)]), SHOWN)
    )
}

/// What a record's hits say to mark.
fn marks(record: &Value) -> Marks {
    let mut marks = Vec::new();
    for hit in record["hits"].as_array().into_iter().flatten() {
        for (key, style) in [("evidence", MARK), ("because", CAUSE)] {
            for place in hit[key].as_array().into_iter().flatten() {
                let field = match place["field"].as_str() {
                    Some("title") => Field::Title,
                    Some("text") => Field::Text,
                    _ => continue,
                };
                let at = |name: &str| place[name].as_u64().and_then(|at| usize::try_from(at).ok()).unwrap_or(0);
                marks.push((field, at("start"), at("end"), style));
            }
        }
    }
    Marks(marks)
}
