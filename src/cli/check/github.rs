//! Problems as workflow commands of GitHub Actions: annotations in the diff of a pull request.
//!
//! A command is a line: `::error file=…,line=…::message`. Text from files could end it and begin another, so what the
//! grammar of commands uses is written in percent: in a message `%` and line ends, in a property also `:` and `,`.

use crate::problem::{Problem, Source, codes, harmless};

use super::{Region, region, severity};

/// The command for one problem.
pub(super) fn command(source: &Source, problem: &Problem) -> String {
    let Region { line, column, end_line, end_column } = region(source, problem);
    let title = codes::find(problem.code).map_or(String::new(), |code| format!(" {}", code.title));
    let message = match &problem.help {
        Some(help) => format!("{}\n{help}", problem.message),
        None => problem.message.clone(),
    };
    format!(
        "::{} file={},line={line},col={column},endLine={end_line},endColumn={end_column},title={}::{}",
        severity(problem),
        // Annotations are filed under the path from the repository's root.
        property(source.name.strip_prefix("./").unwrap_or(&source.name)),
        property(&format!("{}{title}", problem.code)),
        data(&message),
    )
}

fn data(text: &str) -> String {
    harmless(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_inside_its_command() {
        let source = Source { name: "a,b::c%\n::error::x.yaml".into(), text: "ключ: 🙂 слово\n".into() };
        let at = source.text.find("слово").unwrap();
        let problem = Problem::warning("UC087", "a %0A\n::set-output name=x::y\r\u{1b}[2J\u{202e}", at..at + 10)
            .help("50 %: delete it, or else");
        let said = command(&source, &problem);
        assert_eq!(said.lines().count(), 1, "{said}");
        assert!(!said.contains(crate::problem::is_hostile), "{said:?}");
        let expected = "::warning file=a%2Cb%3A%3Ac%25%0A%3A%3Aerror%3A%3Ax.yaml,line=1,col=9,endLine=1,endColumn=14,\
                        title=UC087 a common word is enough for a hit::a %250A%0A::set-output name=x::y";
        assert!(said.starts_with(expected), "{said}");
        assert!(said.ends_with("%0A50 %25: delete it, or else"), "{said}");
    }
}
