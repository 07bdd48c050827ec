//! Times as platforms write them → [`Timestamp`].
//!
//! Read are RFC 3339 and its looser relatives (a space for the `T`, no zone, a date alone), RFC 2822 (feeds), the
//! `Wed Oct 10 20:19:24 +0000 2018` of X API v1.1, and seconds, milliseconds, microseconds or nanoseconds since 1970 as
//! a number or a string of one. A time without a zone is taken as UTC: no platform says which other zone it would be.
//!
//! A time that cannot be read, or that no post can have, is absent, and the record's timestamp stands in: a post must
//! not be lost over its date, nor stand a thousand years ahead of the stream.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::fmt::{rfc2822, strtime};
use jiff::tz::TimeZone;

/// 1900-01-01 and 2200-01-01 in seconds since 1970. Digitised newspapers begin near the former; what lies outside is a
/// default value (year 1, 9999) or an overflow.
const PLAUSIBLE: std::ops::Range<i64> = -2_208_988_800..7_258_118_400;

/// Numbers below this (March 1973 in seconds) are counters, years or zeros rather than times.
const SMALLEST_NUMBER: i128 = 100_000_000;

/// Reads a time in any of the forms above.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    let numeric = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if numeric && text.len() != 8 {
        return match text.parse() {
            Ok(number) => from_epoch(number),
            Err(_) => from_float(text.parse().ok()?),
        };
    }
    let zoned = || text.parse::<Timestamp>().ok();
    let civil = || text.parse::<DateTime>().ok().and_then(utc);
    let date = || text.parse::<Date>().ok().and_then(|date| utc(date.at(0, 0, 0, 0)));
    let mail = || rfc2822::parse(text).ok().map(|zoned| zoned.timestamp());
    let tweet = || strtime::parse("%a %b %d %H:%M:%S %z %Y", text).ok()?.to_timestamp().ok();
    plausible(zoned().or_else(civil).or_else(date).or_else(mail).or_else(tweet)?)
}

/// A number since 1970; its size tells the unit.
pub(super) fn from_epoch(number: i128) -> Option<Timestamp> {
    let time = match number {
        ..SMALLEST_NUMBER => return None,
        SMALLEST_NUMBER..100_000_000_000 => Timestamp::from_second(number.try_into().ok()?),
        100_000_000_000..100_000_000_000_000 => Timestamp::from_millisecond(number.try_into().ok()?),
        100_000_000_000_000..100_000_000_000_000_000 => Timestamp::from_microsecond(number.try_into().ok()?),
        _ => Timestamp::from_nanosecond(number),
    };
    plausible(time.ok()?)
}

/// Seconds (or smaller units) since 1970 with a fraction, as Reddit and Python write them; whole units are kept.
#[expect(clippy::cast_possible_truncation, reason = "a saturating cast of an absurd number is still absurd")]
pub(super) fn from_float(number: f64) -> Option<Timestamp> {
    if !number.is_finite() {
        return None;
    }
    if number < 100_000_000_000.0 {
        let milliseconds = (number * 1000.0).round() as i64;
        return (number >= 100_000_000.0)
            .then(|| Timestamp::from_millisecond(milliseconds).ok())
            .flatten()
            .and_then(plausible);
    }
    from_epoch(number as i128)
}

fn utc(civil: DateTime) -> Option<Timestamp> {
    TimeZone::UTC.to_timestamp(civil).ok()
}

fn plausible(time: Timestamp) -> Option<Timestamp> {
    PLAUSIBLE.contains(&time.as_second()).then_some(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(parse(text).map(|time| time.to_string()).as_deref(), Some(expected), "{text}");
    }

    #[test]
    fn every_form_is_read() {
        check("2024-01-10T12:05:00Z", "2024-01-10T12:05:00Z");
        check("2024-01-10T12:05:00.123456+03:00", "2024-01-10T09:05:00.123456Z");
        check("2024-01-10T12:05:00+0300", "2024-01-10T09:05:00Z");
        check("2024-01-10 12:05:00+00:00", "2024-01-10T12:05:00Z");
        check("2024-01-10T12:05:00", "2024-01-10T12:05:00Z");
        check("2024-01-10 12:05:00", "2024-01-10T12:05:00Z");
        check("2024-01-10", "2024-01-10T00:00:00Z");
        check("20240110", "2024-01-10T00:00:00Z");
        check("Wed, 10 Jan 2024 12:05:00 +0200", "2024-01-10T10:05:00Z");
        check("Wed, 10 Jan 2024 12:05:00 GMT", "2024-01-10T12:05:00Z");
        check("Wed Oct 10 20:19:24 +0000 2018", "2018-10-10T20:19:24Z");
        check("1704888300", "2024-01-10T12:05:00Z");
        check("1704888300123", "2024-01-10T12:05:00.123Z");
        check("1704888300123456", "2024-01-10T12:05:00.123456Z");
        check("1704888300.5", "2024-01-10T12:05:00.5Z");
    }

    #[test]
    fn nonsense_is_absent() {
        for text in [
            "",
            "soon",
            "0",
            "2024",
            "0001-01-01T00:00:00Z",
            "9999-12-31",
            "99999999999999999999999999",
            "1e400",
            "...",
            "2024-13-45",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(from_float(f64::NAN), None);
        assert_eq!(from_float(1e300), None);
    }
}
