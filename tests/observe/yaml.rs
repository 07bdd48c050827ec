//! A YAML file as JSON, every scalar a string.

use saphyr_parser::{Event, Parser};
use serde_json::{Map, Value};

/// Reads the first document.
pub(crate) fn read(text: &str) -> Value {
    let mut open: Vec<(Value, Option<String>)> = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, _) = event.expect("YAML");
        let done = match event {
            Event::MappingStart(..) => {
                open.push((Value::Object(Map::new()), None));
                None
            }
            Event::SequenceStart(..) => {
                open.push((Value::Array(Vec::new()), None));
                None
            }
            Event::MappingEnd | Event::SequenceEnd => open.pop().map(|(value, _)| value),
            Event::Scalar(scalar, ..) => Some(Value::String(scalar.into_owned())),
            Event::Alias(_) => panic!("aliases are not read here"),
            _ => None,
        };
        let Some(done) = done else { continue };
        match open.last_mut() {
            None => return done,
            Some((Value::Array(list), _)) => list.push(done),
            Some((Value::Object(map), key)) => match key.take() {
                Some(key) => drop(map.insert(key, done)),
                None => *key = Some(done.as_str().expect("a key of text").to_owned()),
            },
            Some(_) => unreachable!("only lists and maps are opened"),
        }
    }
    Value::Null
}
