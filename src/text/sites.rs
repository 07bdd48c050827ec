//! What single sites do with their own addresses.
//!
//! In: an address in parts, already in general form. Out: the same page in the form that all its addresses share. A site
//! stands here only where one page has several addresses that people really share.

use super::links::Page;

/// Settles an address of a site that we know.
pub(super) fn settle(page: &mut Page) {
    match page.host.as_str() {
        "t.me" | "telegram.me" | "telegram.dog" => telegram(page),
        "twitter.com" | "x.com" => x(page),
        "youtu.be" | "youtube.com" | "music.youtube.com" | "youtube-nocookie.com" => youtube(page),
        "vk.com" | "vk.ru" => "vk.com".clone_into(&mut page.host),
        "open.spotify.com" => page.drop_parameters(&["si"]),
        "tiktok.com" => page.drop_parameters(&["is_from_webapp", "sender_device", "_t", "_r"]),
        host => {
            // channel.t.me is t.me/channel
            if let Some(name) = host.strip_suffix(".t.me").filter(|name| !name.contains('.')) {
                page.path.insert(0, name.to_owned());
                telegram(page);
            }
        }
    }
}

/// `t.me/s/NAME/ID` is the preview of `t.me/NAME/ID`; names do not tell case apart, invitations do.
fn telegram(page: &mut Page) {
    "t.me".clone_into(&mut page.host);
    if page.path.len() > 1 && page.path[0] == "s" {
        page.path.remove(0);
    }
    if page.path.first().is_some_and(|first| !first.starts_with('+') && first != "joinchat") {
        page.path[0].make_ascii_lowercase();
    }
    page.drop_parameters(&["single", "embed", "mode", "userpic", "before", "after"]);
}

/// `/NAME/status/ID` is a post, whatever picture of it the address opens.
fn x(page: &mut Page) {
    "x.com".clone_into(&mut page.host);
    if let Some(first) = page.path.first_mut() {
        first.make_ascii_lowercase();
    }
    if page.path.get(1).is_some_and(|second| second == "status") {
        page.path.truncate(3);
    }
    page.drop_parameters(&["s", "t", "lang"]);
}

/// All forms of a video are `watch?v=ID`.
fn youtube(page: &mut Page) {
    let id = match page.path.first().map(String::as_str) {
        Some("watch") => page.parameter("v").map(str::to_owned),
        Some("shorts" | "live" | "embed" | "v") => page.path.get(1).cloned(),
        Some(id) if page.host == "youtu.be" => Some(id.to_owned()),
        _ => None,
    };
    if let Some(id) = id.filter(|id| !id.is_empty()) {
        "youtube.com".clone_into(&mut page.host);
        page.path = vec!["watch".to_owned()];
        page.query = vec![format!("v={id}")];
    } else {
        page.drop_parameters(&["si", "feature", "pp"]);
    }
}

/// The page behind a cache of AMP pages: Google's, and the AMP project's.
pub(super) fn unwrap_amp(page: &Page) -> Option<String> {
    let path = page.path.as_slice();
    let inner = match (page.host.as_str(), path) {
        ("google.com", [amp, rest @ ..]) if amp == "amp" => rest,
        (host, [kind, rest @ ..]) if host.ends_with(".cdn.ampproject.org") && matches!(kind.as_str(), "c" | "v") => {
            rest
        }
        _ => return None,
    };
    let inner = inner.strip_prefix(&["s".to_owned()]).unwrap_or(inner);
    let address = inner.first().filter(|host| host.contains('.')).map(|_| inner.join("/"))?;
    // The cache's own parameters are none of the page's.
    let query: Vec<_> = page.query.iter().filter(|part| !part.starts_with("amp_")).map(String::as_str).collect();
    Some(if query.is_empty() { format!("https://{address}") } else { format!("https://{address}?{}", query.join("&")) })
}

#[cfg(test)]
mod tests {
    use super::super::canonical_link;

    #[track_caller]
    fn check(canonical: &str, raws: &[&str]) {
        for raw in raws {
            assert_eq!(canonical_link(raw).map(|link| link.canonical).as_deref(), Some(canonical), "{raw}");
        }
    }

    #[test]
    fn one_page_has_one_form_on_the_sites_we_know() {
        check(
            "https://t.me/rybar/66213",
            &[
                "t.me/s/Rybar/66213",
                "https://telegram.me/rybar/66213?single",
                "https://rybar.t.me/66213?embed=1&mode=tme",
            ],
        );
        check("https://t.me/s/66213", &["https://t.me/s/s/66213"]);
        check("https://t.me/+AbC", &["https://t.me/+AbC"]);
        check("https://t.me/rybar/1?comment=5", &["https://t.me/rybar/1?comment=5"]);
        check(
            "https://x.com/name/status/1",
            &["https://twitter.com/Name/status/1?s=20&t=abc", "https://mobile.twitter.com/name/status/1/photo/1"],
        );
        check(
            "https://youtube.com/watch?v=aBc_1",
            &[
                "https://youtu.be/aBc_1?si=x",
                "https://m.youtube.com/watch?app=desktop&v=aBc_1&t=3s",
                "https://www.youtube.com/shorts/aBc_1?feature=share",
                "https://www.youtube-nocookie.com/embed/aBc_1",
            ],
        );
        check("https://youtube.com/@Name", &["https://www.youtube.com/@Name?si=x"]);
        check("https://vk.com/wall-1_2", &["https://vk.ru/wall-1_2", "m.vk.com/wall-1_2"]);
    }
}
