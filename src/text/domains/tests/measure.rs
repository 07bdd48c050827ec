//! What the rules find among real hosts. The lists are not part of this source; a folder of them is named from outside.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::super::{How, Protected};
use crate::text::canonical_link;

/// The hosts of a list as the pipeline sees them: one a line or in the first column, with or without defanged dots.
fn hosts(file: &Path) -> Vec<String> {
    let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let first = |line: &str| line.trim_start_matches('\u{FEFF}').split(',').next().unwrap_or("").replace("[.]", ".");
    let mut hosts: Vec<_> =
        text.lines().filter_map(|line| canonical_link(&first(line))).map(|link| link.host).collect();
    hosts.sort_unstable();
    hosts.dedup();
    hosts
}

fn protect(hosts: &[String]) -> Protected {
    Protected::new(hosts.iter().map(String::as_str))
}

type Found = BTreeMap<&'static str, Vec<String>>;

fn find<'a>(protected: &Protected, hosts: impl IntoIterator<Item = &'a String>, found: &mut Found) {
    for host in hosts {
        if let Some(imitation) = protected.imitated(host) {
            found.entry(imitation.how.name()).or_default().push(format!("{host} as {}", imitation.outlet));
        }
    }
}

/// Prints how many were found, by way; returns their number.
#[expect(clippy::print_stdout, reason = "a measurement is there to be read")]
fn report(title: &str, of: usize, found: &Found, with_hosts: bool) -> usize {
    let all = found.values().map(Vec::len).sum();
    println!("\n{title}: {all} of {of}");
    for how in How::ALL {
        let hosts = found.get(how.name()).map_or(&[][..], Vec::as_slice);
        println!("  {:5}  {}", hosts.len(), how.name());
        for host in hosts.iter().filter(|_| with_hosts) {
            println!("           {host}");
        }
    }
    all
}

/// Reads `protected.txt`, `ordinary.txt` (honest outlets) and every `.csv` (suspects) of the folder.
///
/// Holds what an analyst can bear: no more than one honest outlet in 400 is called an imitation. What the last table
/// counts is no error rate: sister papers are in it, which a real list would name together.
#[test]
#[ignore = "needs lists of real hosts: UNDERCURRENT_EVAL=FOLDER cargo test --lib lookalike_eval -- --ignored --nocapture"]
#[expect(clippy::print_stdout, reason = "a measurement is there to be read")]
fn lookalike_eval() {
    let Some(folder) = std::env::var_os("UNDERCURRENT_EVAL") else {
        println!(
            "skipped: set UNDERCURRENT_EVAL to a folder with protected.txt, ordinary.txt and lists of suspects as .csv"
        );
        return;
    };
    let folder = Path::new(&folder);
    let protected = protect(&hosts(&folder.join("protected.txt")));

    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut lists: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|extension| extension == "csv")).collect();
    lists.sort();
    let mut suspects = 0;
    for list in lists {
        let (hosts, mut found) = (hosts(&list), Found::new());
        find(&protected, &hosts, &mut found);
        suspects += report(&list.file_name().unwrap().to_string_lossy(), hosts.len(), &found, false);
    }

    let (ordinary, mut false_hits) = (hosts(&folder.join("ordinary.txt")), Found::new());
    find(&protected, &ordinary, &mut false_hits);
    let wrong = report("ordinary outlets", ordinary.len(), &false_hits, true);

    let mut each_other = Found::new();
    for part in 0..16 {
        let others: Vec<_> =
            (0..).zip(&ordinary).filter(|(at, _)| at % 16 != part).map(|(_, host)| host.clone()).collect();
        find(&protect(&others), ordinary.iter().skip(part).step_by(16), &mut each_other);
    }
    report("ordinary outlets against each other", ordinary.len(), &each_other, true);

    assert!(suspects > 0, "nothing found among the suspects");
    assert!(wrong * 400 <= ordinary.len(), "{wrong} ordinary outlets were called imitations");
}
