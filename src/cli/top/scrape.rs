//! Prometheus' text format → numbers by series.

use std::collections::BTreeMap;

/// The labels of a series, by name.
pub(super) type Labels = BTreeMap<String, String>;

/// What one scrape held, by the name of the family.
#[derive(Debug, Default)]
pub(super) struct Scrape(BTreeMap<String, Vec<(Labels, f64)>>);

impl Scrape {
    /// Reads the series of this program; what cannot be read is left out.
    pub(super) fn read(text: &str) -> Self {
        let mut scrape = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, labels, value)) = series(line) {
                let name = name.strip_prefix("undercurrent_").unwrap_or(name);
                scrape.0.entry(name.to_owned()).or_default().push((labels, value));
            }
        }
        scrape
    }

    /// All series of a family.
    pub(super) fn family(&self, name: &str) -> &[(Labels, f64)] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The sum over a family.
    pub(super) fn sum(&self, name: &str) -> f64 {
        self.family(name).iter().map(|(_, value)| value).sum()
    }
}

/// `name{label="value",…} number`.
fn series(line: &str) -> Option<(&str, Labels, f64)> {
    let (name, rest) = line.split_at(line.find(['{', ' '])?);
    let mut labels = Labels::new();
    let rest = match rest.strip_prefix('{') {
        None => rest,
        Some(mut rest) => loop {
            if let Some(end) = rest.strip_prefix('}') {
                break end;
            }
            let (label, more) = rest.trim_start_matches(',').split_once("=\"")?;
            let (value, more) = quoted(more)?;
            labels.insert(label.to_owned(), value);
            rest = more;
        },
    };
    Some((name, labels, rest.split_whitespace().next()?.parse().ok()?))
}

/// The text up to the closing quotation mark, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let (mut value, mut escaped) = (String::new(), false);
    for (at, c) in text.char_indices() {
        match (escaped, c) {
            (true, 'n') => value.push('\n'),
            (true, c) => value.push(c),
            (false, '"') => return Some((value, &text[at + 1..])),
            (false, '\\') => {}
            (false, c) => value.push(c),
        }
        escaped = !escaped && c == '\\';
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn series_are_read_with_their_labels() {
        let scrape = Scrape::read(
            "# HELP x y\nundercurrent_hits_total{indicator=\"a\\\"b\\\\c\",pack=\"p\"} 3\nundercurrent_ready 1\n\
             process_resident_memory_bytes 1.5e7\nundercurrent_hits_total{indicator=\"d\",pack=\"p\"} 4\nbroken{a=\"\n",
        );
        let sums = ["hits_total", "ready", "process_resident_memory_bytes"].map(|name| scrape.sum(name).to_string());
        assert_eq!(sums, ["7", "1", "15000000"]);
        assert_eq!(scrape.family("hits_total")[0].0["indicator"], "a\"b\\c");
        assert!(scrape.family("broken").is_empty());
    }
}
