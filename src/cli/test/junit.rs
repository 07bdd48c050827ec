//! JUnit XML, which CI systems read: a suite a pack, a case a test.
//!
//! There is no standard; this is what Jenkins, GitLab, GitHub's reporters and Maven's plugins have in common. A known
//! miss that is still missed is `skipped`, as pytest writes its expected failures.

use std::borrow::Cow;
use std::io::Write;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::Suite;
use super::words::{Palette, report};

/// The report of all suites.
///
/// # Errors
/// None: it is written into memory.
pub(super) fn junit(suites: &[Suite]) -> std::io::Result<Vec<u8>> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let (tests, failures, skipped) = suites.iter().map(Suite::counts).fold((0, 0, 0), |sum, one| {
        let (passed, failed, missed) = one;
        (sum.0 + passed + failed, sum.1 + failed, sum.2 + missed)
    });
    let root = writer.create_element("testsuites").with_attribute(("name", "undercurrent"));
    let root = root.with_attribute(("tests", tests.to_string().as_str()));
    let root = root.with_attribute(("failures", failures.to_string().as_str()));
    let root = root.with_attribute(("skipped", skipped.to_string().as_str()));
    root.write_inner_content(|writer| suites.iter().try_for_each(|suite| write(writer, suite)))?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn write<W: Write>(writer: &mut Writer<W>, suite: &Suite) -> std::io::Result<()> {
    let (passed, failed, missed) = suite.counts();
    let (name, file) = (lawful(suite.pack()), lawful(&suite.source.name));
    let element = writer.create_element("testsuite").with_attribute(("name", name.as_ref()));
    let element = element.with_attribute(("file", file.as_ref()));
    let element = element.with_attribute(("tests", (passed + failed).to_string().as_str()));
    let element = element.with_attribute(("failures", failed.to_string().as_str()));
    let element = element.with_attribute(("skipped", missed.to_string().as_str()));
    element.write_inner_content(|writer| {
        for trial in &suite.trials {
            let (title, line) = (lawful(&trial.name), suite.line(trial).to_string());
            let case = writer.create_element("testcase").with_attribute(("classname", name.as_ref()));
            let case = case.with_attribute(("name", title.as_ref())).with_attribute(("file", file.as_ref()));
            let case = case.with_attribute(("line", line.as_str()));
            if trial.passed && !trial.known_miss {
                case.write_empty()?;
                continue;
            }
            let lines = report(&suite.engine, trial, &Palette::default());
            let body = lines.join("\n");
            case.write_inner_content(|writer| {
                if trial.passed {
                    writer.create_element("skipped").with_attribute(("message", "known miss")).write_empty()?;
                    writer.create_element("system-out").write_text_content(BytesText::new(&lawful(&body)))?;
                } else {
                    let first = lines.first().map_or("", String::as_str);
                    let failure = writer.create_element("failure").with_attribute(("message", lawful(first).as_ref()));
                    failure
                        .with_attribute(("type", "expectation"))
                        .write_text_content(BytesText::new(&lawful(&body)))?;
                }
                Ok(())
            })?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Without the characters that XML 1.0 cannot hold in any form: one of them, and no parser reads the file.
fn lawful(text: &str) -> Cow<'_, str> {
    let unlawful =
        |c: char| matches!(c, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(unlawful) { Cow::Owned(text.replace(unlawful, "")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_left_out() {
        assert_eq!(lawful("a\u{0}\u{b}\u{1b}[2J\u{fffe}b\tc\nd\r"), "a[2Jb\tc\nd\r");
        assert!(matches!(lawful("привет 𐍈 <&>"), Cow::Borrowed(_)));
    }
}
