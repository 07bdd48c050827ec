//! The life cycle: experimental → test → stable → deprecated, and what each stage owes its readers.
//!
//! A stage is a promise. `test` promises that it is known what the pack finds (inline tests); `stable` that somebody
//! answers for it, that it was reviewed on a day, and that its errors in both directions are written down; `deprecated`
//! that its readers learn what to use instead.

use super::Checker;
use crate::pack::grammar::Status;
use crate::problem::Problem;

impl Checker<'_> {
    pub(super) fn life(&mut self) {
        let pack = self.pack;
        let start = pack.pack.span.clone();
        if let Some(updated) = &pack.updated
            && updated.parse::<jiff::civil::Date>().is_err()
        {
            let message = format!("`{}` is no day", updated.value);
            self.error("UC042", message, &updated.span, "write year, month and day, for example `2025-02-03`");
        }
        let owes = |stage: &str, what: &str| format!("a pack under `status: {stage}` states its `{what}`");
        if matches!(pack.status, Status::Test | Status::Stable) && pack.tests.is_empty() {
            let help = "say in `tests` what it must find and what not, or set `status: experimental`";
            self.error(
                "UC041",
                owes(if pack.status == Status::Test { "test" } else { "stable" }, "tests"),
                &start,
                help,
            );
        }
        if pack.status == Status::Stable {
            for (what, missing) in [
                ("authors", pack.authors.is_empty()),
                ("updated", pack.updated.is_none()),
                ("false_positives", pack.false_positives.is_empty()),
            ] {
                if missing {
                    self.error("UC041", owes("stable", what), &start, "or set `status: test`");
                }
            }
            if pack.blind_spots.is_empty() {
                let help = "say what it cannot see, or set `status: test`";
                self.error("UC014", "a stable pack states its `blind_spots`", &start, help);
            }
            if semver::Version::parse(&pack.version).is_ok_and(|version| version.major == 0) {
                let help = "from 1.0.0 on a version makes promises; or set `status: test`";
                self.error("UC041", "a stable pack has a version of 1.0.0 or more", &pack.version.span, help);
            }
        }
        if pack.status == Status::Deprecated {
            let problem = Problem::warning("UC045", format!("the pack `{}` is deprecated", pack.pack.value), start);
            let says = pack.description.lines().next().filter(|line| !line.is_empty());
            let help = says.unwrap_or("say in `description` what takes its place");
            self.problems.push(problem.help(help));
        }
    }
}
