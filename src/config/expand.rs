//! `${NAME}`, `${NAME:-default}`, `${file:/path}` and `$$` in the values of a pipeline file.

use crate::problem::Problem;

/// Where values outside the file come from.
pub struct Lookup<'a> {
    /// An environment variable.
    pub env: &'a dyn Fn(&str) -> Option<String>,
    /// A file's text, or why it cannot be read.
    pub file: &'a dyn Fn(&str) -> Result<String, String>,
}

/// The value with everything filled in; `None` where there is nothing to fill in.
pub(super) fn expand(text: &str, lookup: &Lookup<'_>) -> Result<Option<String>, Problem> {
    if !text.contains('$') {
        return Ok(None);
    }
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix("$$") {
            filled.push('$');
            rest = after;
        } else if let Some(after) = rest.strip_prefix("${") {
            let Some(end) = after.find('}') else {
                return Err(
                    Problem::error("UC050", "this `${` is never closed", 0..0).help("write `$$` for a plain `$`")
                );
            };
            filled.push_str(&value(&after[..end], lookup)?);
            rest = &after[end + 1..];
        } else {
            filled.push('$');
            rest = &rest[1..];
        }
    }
    filled.push_str(rest);
    Ok(Some(filled))
}

fn value(name: &str, lookup: &Lookup<'_>) -> Result<String, Problem> {
    if let Some(path) = name.strip_prefix("file:") {
        let text = (lookup.file)(path).map_err(|why| {
            Problem::error("UC051", format!("the file `{path}` cannot be read: {why}"), 0..0)
                .help("mount the secret, or name another file")
        })?;
        return Ok(text.trim_end_matches(['\n', '\r']).to_string());
    }
    let (name, default) = name.split_once(":-").map_or((name, None), |(name, default)| (name, Some(default)));
    let found = (lookup.env)(name).filter(|value| default.is_none() || !value.is_empty());
    found.or_else(|| default.map(str::to_string)).ok_or_else(|| {
        Problem::error("UC050", format!("the environment variable `{name}` is not set"), 0..0)
            .help(format!("set it, or give a default: `${{{name}:-value}}`"))
    })
}
