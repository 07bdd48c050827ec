//! The live page in a real browser: the real program, its demo, hostile posts, headless Chromium.
//!
//! With `UNDERCURRENT_SCREENSHOTS=docs/images` it also makes the pictures of the documentation.

#![allow(clippy::unwrap_used, reason = "a test ends where its ground is missing")]

mod support;

#[path = "page/driver.rs"]
mod driver;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use driver::{Browser, DOWN, ENTER, ESCAPE, HOME, TAB};
use serde_json::{Value, json};
use support::{Program, free_port, get, metrics, wait_until};

const SOON: Duration = Duration::from_secs(60);

/// The demo and a browser that looks at it.
struct Desk {
    browser: Browser,
    program: Program,
    address: String,
    scratch: tempfile::TempDir,
}

impl Desk {
    /// `None` where there is no Chromium, said once; in CI that is a failure.
    fn open(name: &str) -> Option<Self> {
        let scratch = tempfile::tempdir().unwrap();
        let Some(browser) = Browser::start(scratch.path()) else {
            assert!(std::env::var("CI").is_err(), "chromedriver is missing");
            let _ = writeln!(std::io::stderr(), "SKIPPED {name}: no chromedriver (Debian: chromium, chromium-driver)");
            return None;
        };
        let address = format!("127.0.0.1:{}", free_port());
        let program = Program::start(scratch.path(), "demo", &["demo", "--admin", &address], &[("NO_COLOR", "1")]);
        wait_until("the demo answers", SOON, || get(&address, "/ready").is_ok_and(|(status, _)| status == 200));
        browser.size(1360, 860, 1);
        browser.open(&format!("http://{address}/"));
        Some(Self { browser, program, address, scratch })
    }

    /// Sends a file's posts to the demo's broker, with the program's own command.
    fn feed(&self, file: &Path) {
        let log = self.program.log();
        let brokers = log.split("kcat -b ").nth(1).and_then(|rest| rest.split(' ').next()).unwrap().to_owned();
        let mut feed = Command::new(env!("CARGO_BIN_EXE_undercurrent"));
        let done = feed.args(["feed", "--topic", "demo.mixed", "--brokers", &brokers]).arg(file).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }

    /// Hostile posts, and one that is a single line of 420 kB.
    fn feed_hostile(&self) {
        self.feed(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page/hostile.ndjson"));
        let text = format!(
            "{} Russia and Iraq: time tested. No conditions. Investors and bloggers, come and see the opportunities in \
             Baghdad. {}",
            "Ж😀".repeat(60_000),
            "w".repeat(60_000)
        );
        let post = json!({
            "source": "forum", "id": "forum/long/1", "author": { "handle": "one_long_line" }, "text": text,
            "published_at": "2026-01-10T10:00:00Z",
        });
        let file = self.scratch.path().join("long.ndjson");
        std::fs::write(&file, format!("{post}\n")).unwrap();
        self.feed(&file);
    }

    /// Waits until the demo's own stream is read and all of its alerts are on the page.
    fn settle(&self) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("pipelines/demo");
        let streams = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let streams =
            streams.filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("demo.")));
        let ndjson = streams.filter(|path| path.extension().is_some_and(|end| end == "ndjson"));
        let lines =
            |path: PathBuf| std::fs::read_to_string(path).unwrap().lines().filter(|line| !line.is_empty()).count();
        let sent = ndjson.map(lines).sum::<usize>() as u64;
        let count = |names: &[&str]| {
            let now = metrics(&self.address);
            names.iter().map(|name| now.count(&format!("undercurrent_{name}_total"))).sum::<u64>()
        };
        wait_until("the demo is read", SOON, || count(&["scored", "ignored", "dead_letters"]) >= sent);
        let cards = "document.querySelectorAll('.card').length";
        wait_until("its alerts are shown", SOON, || self.number(cards) == count(&["alerts"]));
        assert!(self.number(cards) >= 10, "the demo has something to show");
    }

    fn until(&self, expression: &str) {
        wait_until(expression, SOON, || self.browser.eval(expression) == true);
    }

    fn number(&self, expression: &str) -> u64 {
        self.browser.eval(expression).as_u64().unwrap_or_else(|| panic!("no number: {expression}"))
    }

    fn text(&self, expression: &str) -> String {
        self.browser.eval(expression).as_str().unwrap_or_else(|| panic!("no text: {expression}")).to_owned()
    }

    fn holds(&self, expression: &str) {
        assert_eq!(self.browser.eval(expression), true, "{expression}");
    }

    /// Nothing in the console, no dialog, no element that a post made, no request elsewhere.
    fn is_clean(&self) {
        assert!(!self.browser.dialog(), "a post opened a dialog");
        let console = self.browser.log("browser");
        assert!(console.is_empty(), "{console:#?}");
        let made = "document.querySelectorAll('#injected, iframe, object, embed, #list img, #list script, #list style, \
                    #list [onerror], #list a, #detail img, #detail script, #detail iframe').length";
        assert_eq!(self.number(made), 0);
        self.holds("[...document.links].every((link) => ['http:', 'https:'].includes(link.protocol))");
        let own = format!("http://{}/", self.address);
        for entry in self.browser.log("performance") {
            let message: Value = serde_json::from_str(entry["message"].as_str().unwrap()).unwrap();
            let (method, asked) = (&message["message"]["method"], &message["message"]["params"]);
            let url = asked["request"]["url"].as_str();
            // The browser's own first page is not ours.
            let elsewhere = asked["documentURL"].as_str().is_some_and(|page| page.starts_with("chrome:"));
            if method == "Network.requestWillBeSent" && !elsewhere {
                assert!(url.is_some_and(|url| url.starts_with(&own)), "asked for {url:?}");
            }
        }
    }
}

/// The card of the post whose text or author holds these words.
fn card(words: &str) -> String {
    format!("[...document.querySelectorAll('.card')].find((one) => one.textContent.includes({}))", json!(words))
}

#[test]
fn the_live_page_shows_filters_explains_and_is_no_way_in() {
    let Some(desk) = Desk::open("the_live_page_shows_filters_explains_and_is_no_way_in") else { return };
    alerts_come_by_themselves(&desk);
    desk.feed_hostile();
    desk.until(&format!("!!{} && !!{}", card("one_long_line"), card("<b>markup</b>")));
    hostile_posts_are_text(&desk);
    evidence_is_marked_at_its_code_points(&desk);
    directions_are_right(&desk);
    filters_filter(&desk);
    the_keyboard_is_enough(&desk);
    every_control_has_a_name(&desk);
    themes_and_motion(&desk);
    pausing_holds_what_is_new(&desk);
    desk.is_clean();
    assert_eq!(metrics(&desk.address).count("undercurrent_page_clients"), 1, "one page is open");
}

fn alerts_come_by_themselves(desk: &Desk) {
    desk.settle();
    desk.until("document.getElementById('health-text').textContent === 'Ready'");
    desk.until("document.querySelector('.chart .value').textContent !== '–'");
    desk.holds("/^Received, last \\d+ minutes: now .+ a second$/.test(document.querySelector('.chart svg').ariaLabel)");
    desk.holds("document.getElementById('packs-summary').textContent === '5 packs'");
    desk.holds("document.querySelectorAll('.legend li').length === 5");
    // The newest first.
    desk.holds(
        "(() => { const all = [...document.querySelectorAll('.card')].map((one) => Number(one.dataset.seq)); \
         return all.every((one, at) => at === 0 || one < all[at - 1]); })()",
    );
}

fn hostile_posts_are_text(desk: &Desk) {
    desk.holds(&format!("{}.textContent.includes('</title><script>alert(1)</script>')", card("<b>markup</b>")));
    desk.holds("document.title === 'demo · undercurrent'");
    desk.browser.run(&format!("{}.click()", card("<b>markup</b>")));
    let detail = desk.text("document.getElementById('detail').textContent");
    for words in
        ["<img src=x onerror=", "javascript:alert(5)", "javascript:alert(6)", "<script>document.title='owned'</script>"]
    {
        assert!(detail.contains(words), "{words} in {detail}");
    }
    // What hides is seen, also in a name.
    let hidden = card("This runs backwards");
    desk.holds(&format!("['RLO', 'PDF', 'ESC', 'ZWSP'].every((one) => {hidden}.textContent.includes(one))"));
    desk.holds(&format!("!/[\\u202a-\\u202e\\u001b\\u200b]/.test({hidden}.textContent)"));
    desk.browser.run(&format!("{}.click()", card("one_long_line")));
    desk.holds("document.querySelector('.whole').textContent.length < 10_000");
    desk.holds("/characters left out/.test(document.querySelector('.whole .gap').textContent)");
    desk.holds("document.documentElement.scrollWidth <= innerWidth");
    desk.is_clean();
    desk.browser.click(".close");
}

fn evidence_is_marked_at_its_code_points(desk: &Desk) {
    // The record of each alert says which words stand where; the page must have marked the same.
    let script = "
        const alerts = (await (await fetch('alerts?limit=500')).json()).alerts;
        for (const alert of alerts) {
            document.querySelector(`[data-seq=\"${alert.seq}\"]`).click();
            const found = new Map();
            for (const made of document.querySelectorAll('.whole .text mark')) {
                for (const hit of made.dataset.hits.split(' ')) found.set(hit, (found.get(hit) ?? '') + made.textContent);
            }
            const letters = alert.post.text.parts.flatMap(({ at, text }) => Array.from(text).map((one, index) => [at + index, one]));
            const text = new Map(letters);
            alert.hits.forEach((hit, at) => {
                const points = new Set();
                for (const { field, start, end } of [...hit.evidence, ...hit.because]) {
                    if (field === 'text') for (let one = start; one < end; one++) points.add(one);
                }
                const words = [...points].sort((a, b) => a - b).map((one) => text.get(one) ?? '').join('');
                if ((found.get(String(at)) ?? '') !== words) throw new Error(`${hit.id}: ${found.get(String(at))} is not ${words}`);
            });
        }
        return alerts.length;";
    let checked = desk.browser.run(&format!("return (async () => {{ {script} }})();"));
    assert!(checked.as_u64().is_some_and(|count| count >= 14), "{checked}");
    desk.holds(&format!("{}.querySelector('mark').textContent === 'روسيا'", card("qalam_demo")));
    // Both kinds, told apart by more than their colour.
    desk.browser.run(
        "return (async () => {
            const { alerts } = await (await fetch('alerts?limit=500')).json();
            const spoken = alerts.find(({ hits }) => hits.some(({ speaker, because }) => speaker && because.some(({ field }) => field === 'text')));
            document.querySelector(`[data-seq=\"${spoken.seq}\"]`).click();
        })();",
    );
    desk.holds("getComputedStyle(document.querySelector('.whole mark.because')).borderBottomStyle === 'dashed'");
    desk.holds(
        "getComputedStyle(document.querySelector('.whole mark.evidence:not(.because)')).borderBottomStyle !== 'dashed'",
    );
    desk.holds("document.querySelector('#detail .hits').textContent.includes('spoken by')");
    desk.browser.click(".close");
}

fn directions_are_right(desk: &Desk) {
    // It begins with an emoji and a flag, and a flag is a strong left-to-right character.
    for part in [".text", ".title"] {
        let direction = format!("getComputedStyle({}.querySelector('{part}')).direction", card("qalam_demo"));
        assert_eq!(desk.text(&direction), "rtl");
    }
    desk.holds(&format!("getComputedStyle({}.querySelector('.text')).direction === 'ltr'", card("one_long_line")));
    // A name that turns the direction turns itself only.
    desk.holds("[...document.querySelectorAll('.who > bdi')].length === document.querySelectorAll('.who').length * 2");
}

fn filters_filter(desk: &Desk) {
    let all = desk.number("document.querySelectorAll('.card').length");
    let choose = |name: &str, value: &str| {
        desk.browser.run(&format!(
            "const one = document.getElementById('{name}'); one.value = {}; \
             one.dispatchEvent(new Event('input', {{ bubbles: true }}));",
            json!(value)
        ));
    };
    for (name, value, path) in [
        ("level", "high", "alert.level"),
        ("lang", "ar", "alert.post.lang"),
        ("source", "bluesky", "alert.post.source"),
        ("pack", "ru-iraq-outreach", "alert.pack"),
    ] {
        let expected = desk.browser.run(&format!(
            "return (async () => (await (await fetch('alerts?limit=500')).json()).alerts.filter((alert) => {path} === {}).length)();",
            json!(value)
        ));
        choose(name, value);
        assert_eq!(desk.browser.eval("document.querySelectorAll('.card').length"), expected, "{name}");
        assert!(expected.as_u64().is_some_and(|count| count > 0), "{name} has something to find");
        desk.holds(&format!("location.hash === '#{name}={value}'"));
        desk.browser.click("#clear");
        desk.until(&format!("document.querySelectorAll('.card').length === {all}"));
        desk.until("document.activeElement.id === 'find'");
    }
    // Case, compatibility forms and other scripts do not matter.
    desk.browser.keys("БАГДАД");
    let found = desk.number("document.querySelectorAll('.card').length");
    assert!(found > 0 && found < all, "{found} of {all}");
    desk.holds(&format!("document.getElementById('count').textContent === '{found} of {all}'"));
    desk.until(&format!("document.getElementById('say').textContent === '{found} of {all} alerts'"));
    desk.browser.keys(" nosuchword");
    desk.holds("!document.getElementById('empty').hidden && document.querySelectorAll('.card').length === 0");
    desk.browser.click("#clear");
    desk.until(&format!("document.querySelectorAll('.card').length === {all}"));
}

fn the_keyboard_is_enough(desk: &Desk) {
    desk.browser.run("document.getElementById('source').focus()");
    // From the last filter, past the button that clears them (disabled: there are none), to the list.
    desk.browser.keys(TAB);
    desk.holds("document.activeElement.matches('#list .open')");
    desk.browser.keys(HOME);
    desk.holds("document.activeElement.closest('.card') === document.querySelector('.card')");
    desk.holds("getComputedStyle(document.activeElement.closest('.card')).outlineStyle === 'solid'");
    desk.browser.keys(&DOWN.repeat(2));
    let third = "document.querySelectorAll('.card')[2]";
    desk.holds(&format!("document.activeElement.closest('.card') === {third}"));
    desk.browser.keys(ENTER);
    desk.holds("!document.getElementById('detail').hidden && document.activeElement.id === 'detail-title'");
    desk.holds(&format!("{third}.classList.contains('chosen')"));
    for words in ["Why ", "The post", "Where it comes from", "DISARM", "blake3:", "demo.mixed / "] {
        desk.holds(&format!("document.getElementById('detail').textContent.includes('{words}')"));
    }
    desk.browser.keys(ESCAPE);
    desk.holds("document.getElementById('detail').hidden");
    desk.holds(&format!("document.activeElement === {third}.querySelector('.open')"));
    // Only one alert is in the way of Tab.
    desk.holds("document.querySelectorAll('.open[tabindex=\"0\"]').length === 1");
}

/// By the browser's own accessibility tree: what a screen reader would be given.
fn every_control_has_a_name(desk: &Desk) {
    desk.browser.run("document.querySelector('.card').click()");
    let tree = desk.browser.devtools("Accessibility.getFullAXTree", &json!({}));
    let nodes = tree["nodes"].as_array().unwrap();
    let of = |node: &Value, key: &str| node[key]["value"].as_str().unwrap_or_default().to_owned();
    let (mut controls, mut nameless) = (0, Vec::new());
    for node in nodes.iter().filter(|node| node["ignored"] != true) {
        let role = of(node, "role");
        let named =
            ["button", "link", "textbox", "searchbox", "combobox", "image", "img", "dialog", "DisclosureTriangle"];
        if named.contains(&role.as_str()) {
            controls += 1;
            if of(node, "name").trim().is_empty() {
                nameless.push(node.clone());
            }
        }
    }
    assert!(controls > 30, "only {controls} controls were found");
    assert!(nameless.is_empty(), "{nameless:#?}");
    desk.holds("new Set([...document.querySelectorAll('[id]')].map(({ id }) => id)).size === document.querySelectorAll('[id]').length");
    desk.holds("document.documentElement.lang === 'en' && document.querySelectorAll('h1').length === 1");
    desk.holds("document.getElementById('say').getAttribute('role') === 'status'");
    desk.holds("!document.querySelector('#list [aria-live], #list[aria-live]')");
    desk.browser.keys(ESCAPE);
}

fn themes_and_motion(desk: &Desk) {
    let dark = "getComputedStyle(document.body).backgroundColor === 'rgb(15, 20, 25)'";
    desk.holds(&format!("!({dark})"));
    desk.browser.prefers("prefers-color-scheme", "dark");
    desk.until(dark);
    // Text against its ground, in both themes: 4.5 to 1 (WCAG 2.2, 1.4.3).
    let contrast = include_str!("page/contrast.js");
    let poor = |theme: &str| {
        let poor = desk.browser.run(contrast);
        assert_eq!(poor, json!([]), "too faint in {theme}");
    };
    desk.browser.run("document.querySelector('.card').click()");
    poor("dark");
    desk.browser.click("#theme");
    desk.holds("document.getElementById('theme').textContent === 'Theme: light'");
    desk.until(&format!("!({dark})"));
    poor("light");
    desk.browser.click("#theme");
    desk.until(dark);
    desk.browser.click("#theme");
    desk.browser.keys(ESCAPE);
    desk.browser.prefers("prefers-reduced-motion", "reduce");
    desk.browser.run("document.querySelector('.card').classList.add('fresh')");
    desk.holds("getComputedStyle(document.querySelector('.card')).animationName === 'none'");
    desk.browser.devtools("Emulation.setEmulatedMedia", &json!({ "features": [] }));
    // A narrow page has no sideways scrolling, and its explanation covers it.
    desk.browser.size(360, 740, 1);
    desk.until("document.documentElement.scrollWidth <= 360");
    desk.browser.run("document.querySelector('.card').click()");
    desk.holds("document.getElementById('detail').getBoundingClientRect().width >= 345");
    desk.holds("document.querySelector('.alerts').inert && document.activeElement.id === 'detail-title'");
    desk.browser.keys(ESCAPE);
    desk.holds("!document.querySelector('[inert]') && document.activeElement.matches('.card:first-child .open')");
    desk.browser.size(1360, 860, 1);
}

fn pausing_holds_what_is_new(desk: &Desk) {
    let before = desk.number("document.querySelectorAll('.card').length");
    desk.browser.click("#pause");
    let file = desk.scratch.path().join("late.ndjson");
    let post = json!({
        "source": "forum", "id": "forum/late/1", "author": { "handle": "latecomer" }, "published_at": "2026-01-10T11:00:00Z",
        "text": "Russia and Iraq: time tested. Investors and bloggers, come and see the opportunities in Baghdad.",
    });
    std::fs::write(&file, format!("{post}\n")).unwrap();
    desk.feed(&file);
    desk.until("document.getElementById('pause').textContent === 'Resume (1 new)'");
    assert_eq!(desk.number("document.querySelectorAll('.card').length"), before);
    desk.browser.click("#pause");
    desk.until(&format!("document.querySelectorAll('.card').length === {}", before + 1));
    desk.holds(&format!("document.querySelector('.card') === {}", card("latecomer")));
}

/// The pictures of `docs/page.md`, made only where somebody asks for them.
#[test]
fn pictures() {
    let Ok(folder) = std::env::var("UNDERCURRENT_SCREENSHOTS").map(PathBuf::from) else { return };
    let Some(desk) = Desk::open("pictures") else { return };
    std::fs::create_dir_all(&folder).unwrap();
    desk.settle();
    let calm = "for (const running of document.getAnimations()) running.finish(); getSelection().removeAllRanges(); \
                document.activeElement.blur();";
    let picture = |name: &str| {
        desk.browser.run(calm);
        desk.browser.picture(&folder.join(format!("{name}.png")));
    };
    // A minute of an ordinary stream that swells and ebbs, so that the charts have something to say.
    let ordinary: Vec<&str> = include_str!("../pipelines/demo/demo.mixed.ndjson").lines().take(3).collect();
    let file = desk.scratch.path().join("more.ndjson");
    for round in 0_usize..60 {
        let count = 10 + round.abs_diff(34) / 2 + (round * 7) % 5 + if round % 24 == 20 { 40 } else { 0 };
        let mut lines = ordinary.iter().cycle().take(count).copied().collect::<Vec<_>>().join("\n") + "\n";
        if round % 13 == 5 {
            lines.push_str("{\"source\":\"x\",\"text\":\n");
        }
        std::fs::write(&file, lines).unwrap();
        desk.feed(&file);
        std::thread::sleep(Duration::from_millis(500));
    }
    desk.browser.size(1360, 800, 1);
    picture("page-light");
    let explain = "[...document.querySelectorAll('.card')].find((one) => one.querySelector('.because')).click();";
    desk.browser.run(explain);
    picture("page-explanation");
    desk.browser.prefers("prefers-color-scheme", "dark");
    picture("page-dark");
    desk.browser.prefers("prefers-color-scheme", "light");
    desk.browser.run("document.querySelector('.close').click()");
    desk.browser.run(
        "const one = document.getElementById('lang'); one.value = 'ar'; one.dispatchEvent(new Event('input', { bubbles: true }));",
    );
    desk.browser.run("document.querySelector('.card').click()");
    picture("page-right-to-left");
    desk.browser.run("document.querySelector('.close').click(); document.getElementById('clear').click()");
    desk.until("document.getElementById('clear').disabled");
    desk.browser.size(390, 800, 2);
    picture("page-narrow");
}
