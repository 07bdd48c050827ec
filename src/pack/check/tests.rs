//! Inline tests that could not run, or that name what is not there.

use super::Checker;
use super::names::is_account;
use crate::pack::grammar::Test;

/// What a post of a test can be.
pub const KINDS: [&str; 4] = ["post", "article", "comment", "repost"];

impl Checker<'_> {
    pub(super) fn tests(&mut self) {
        for test in &self.pack.tests {
            if test.posts.is_empty() {
                self.error("UC038", "a test needs posts", &test.name.span, "write at least one post, with `text:`");
            }
            self.test(test);
        }
    }

    fn test(&mut self, test: &Test) {
        for post in &test.posts {
            if let Some(at) = &post.at {
                self.duration(at);
            }
            for account in post.author.iter().chain(&post.channel).filter(|account| !is_account(account)) {
                let message = format!("`{}` is no account", account.value);
                self.error("UC017", message, &account.span, "write `source/handle`, for example `web/newsroom`");
            }
            if let Some(kind) = &post.kind
                && !KINDS.contains(&kind.as_str())
            {
                self.unknown("UC039", "kind of post", kind, &KINDS);
            }
        }
        if let Some(signals) = &test.expect.signals {
            self.later("`signals`", &signals.span);
        }
        let indicators: Vec<&str> = self.pack.indicators.iter().map(|indicator| indicator.id.as_str()).collect();
        let alerts: Vec<&str> = self.pack.alerts.iter().map(|alert| alert.id.as_str()).collect();
        for (what, code, names, known) in
            [("indicator", "UC036", &test.expect.hits, &indicators), ("alert", "UC040", &test.expect.alerts, &alerts)]
        {
            for name in names.iter().flatten().filter(|name| !known.contains(&name.as_str())) {
                self.unknown(code, what, name, known);
            }
        }
    }
}
