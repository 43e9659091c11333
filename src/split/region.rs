//! The regions of the inputs that `--holdout` names.

use std::fmt;
use std::str::FromStr;
use std::sync::OnceLock;

use regex::Regex;

use super::error::SplitError;

/// Rows for which all conditions hold, as in `x in 5..9, t < 3`.
#[derive(Debug, Clone, PartialEq)]
pub struct Region {
    /// At least one.
    pub conditions: Vec<Condition>,
}

/// A range of one input.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The name of the input.
    pub input: String,
    /// Its range.
    pub interval: Interval,
}

/// A range of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Interval {
    /// `< limit`
    Below(f64),
    /// `<= limit`
    AtMost(f64),
    /// `> limit`
    Above(f64),
    /// `>= limit`
    AtLeast(f64),
    /// `in low..high`, both ends included.
    Within(f64, f64),
}

impl Interval {
    /// Whether `value` lies in the range.
    pub fn contains(self, value: f64) -> bool {
        match self {
            Interval::Below(limit) => value < limit,
            Interval::AtMost(limit) => value <= limit,
            Interval::Above(limit) => value > limit,
            Interval::AtLeast(limit) => value >= limit,
            Interval::Within(low, high) => low <= value && value <= high,
        }
    }
}

impl FromStr for Region {
    type Err = SplitError;

    /// Conditions separated by commas; all of them must hold.
    fn from_str(text: &str) -> Result<Region, SplitError> {
        let conditions = split_outside_backticks(text)
            .into_iter()
            .map(|part| parse_condition(part.trim()))
            .collect::<Result<_, _>>()?;
        Ok(Region { conditions })
    }
}

impl fmt::Display for Region {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Condition { input, interval }) in self.conditions.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(formatter, "{separator}{input} ")?;
            match interval {
                Interval::Below(limit) => write!(formatter, "< {limit}"),
                Interval::AtMost(limit) => write!(formatter, "<= {limit}"),
                Interval::Above(limit) => write!(formatter, "> {limit}"),
                Interval::AtLeast(limit) => write!(formatter, ">= {limit}"),
                Interval::Within(low, high) => write!(formatter, "in {low}..{high}"),
            }?;
        }
        Ok(())
    }
}

/// The parts between commas; a name in backticks may hold commas.
pub(crate) fn split_outside_backticks(text: &str) -> Vec<&str> {
    let mut quoted = false;
    text.split(|c: char| {
        quoted ^= c == '`';
        c == ',' && !quoted
    })
    .collect()
}

/// `name operator number` or `name in number..number`.
fn condition_pattern() -> &'static Regex {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    PATTERN.get_or_init(|| {
        Regex::new(
            r"(?x) ^ (?: `(?<quoted>[^`]+)` | (?<plain>[^`<>=]*?[^`<>=\s]) )
            (?: \s* (?<comparison> <= | >= | < | > ) \s* (?<limit> [^\s<>=.]\S* | \.\d\S* )
              | \s+ in \s+ (?<low> \S+? ) \s* \.\. \s* (?<high> \S+ ) ) $",
        )
        .expect("the pattern is constant and tested")
    })
}

fn parse_condition(text: &str) -> Result<Condition, SplitError> {
    let error = |reason: &str| SplitError::Condition {
        text: text.to_owned(),
        reason: reason.to_owned(),
    };
    let found = condition_pattern().captures(text).ok_or_else(|| error(""))?;
    let group = |name: &str| found.name(name).map(|found| found.as_str());
    let number = |text: &str| match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(error(&format!("`{text}` is not a number"))),
    };
    let input = group("quoted").or(group("plain")).unwrap_or_default().trim();
    let interval = match (group("comparison"), group("limit"), group("low"), group("high")) {
        (Some(comparison), Some(limit), _, _) => {
            let limit = number(limit)?;
            match comparison {
                "<" => Interval::Below(limit),
                "<=" => Interval::AtMost(limit),
                ">" => Interval::Above(limit),
                _ => Interval::AtLeast(limit),
            }
        }
        (_, _, Some(low), Some(high)) => {
            let (low, high) = (number(low)?, number(high)?);
            if low > high {
                return Err(error(&format!("{low} is larger than {high}")));
            }
            Interval::Within(low, high)
        }
        _ => return Err(error("")),
    };
    Ok(Condition {
        input: input.to_owned(),
        interval,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_are_read() {
        use Interval::*;
        for (text, expected) in [
            ("x > 10", vec![("x", Above(10.0))]),
            ("x>=1e3", vec![("x", AtLeast(1000.0))]),
            ("x<-.5", vec![("x", Below(-0.5))]),
            ("x < .5", vec![("x", Below(0.5))]),
            (
                "x in 5..9, t < 3",
                vec![("x", Within(5.0, 9.0)), ("t", Below(3.0))],
            ),
            ("x in -3..-1.5", vec![("x", Within(-3.0, -1.5))]),
            ("x in 1.5 .. 2e-3e", vec![]),
            ("x in 1e-3 .. 2.5", vec![("x", Within(0.001, 2.5))]),
            ("`speed, [m/s]` <= 4", vec![("speed, [m/s]", AtMost(4.0))]),
            ("speed [m/s] <= 4", vec![("speed [m/s]", AtMost(4.0))]),
            ("bin in in 1..2", vec![("bin in", Within(1.0, 2.0))]),
            ("größe > 1", vec![("größe", Above(1.0))]),
        ] {
            let region = text.parse::<Region>();
            if expected.is_empty() {
                assert!(region.is_err(), "{text}");
                continue;
            }
            let found: Vec<(String, Interval)> = region
                .unwrap()
                .conditions
                .into_iter()
                .map(|condition| (condition.input, condition.interval))
                .collect();
            let expected: Vec<(String, Interval)> = expected
                .into_iter()
                .map(|(name, interval)| (name.to_owned(), interval))
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn nonsense_is_named() {
        for (text, offending) in [
            ("", "``"),
            ("x", "`x`"),
            ("x = 3", "`x = 3`"),
            ("x == 3", "`x == 3`"),
            ("1 < x < 5", "`1 < x < 5`"),
            ("> 4", "`> 4`"),
            ("x > ", "`x >`"),
            ("x > ten", "`ten` is not a number"),
            ("x > 1e999", "`1e999` is not a number"),
            ("x > nan", "`nan` is not a number"),
            ("x in 9..5", "9 is larger than 5"),
            ("x in 5-9", "`x in 5-9`"),
            ("x > 1, ", "``"),
            ("x > 1 and y < 2", "`x > 1 and y < 2`"),
            ("`x > 1", "``x > 1`"),
        ] {
            let error = text.parse::<Region>().unwrap_err().to_string();
            assert!(error.contains(offending), "{text:?}: {error}");
        }
    }

    #[test]
    fn ends_belong_to_an_interval_where_the_sign_says_so() {
        for (interval, inside) in [
            (Interval::Below(1.0), false),
            (Interval::AtMost(1.0), true),
            (Interval::Above(1.0), false),
            (Interval::AtLeast(1.0), true),
            (Interval::Within(1.0, 2.0), true),
            (Interval::Within(0.0, 1.0), true),
        ] {
            assert_eq!(interval.contains(1.0), inside, "{interval:?}");
        }
    }

    #[test]
    fn a_region_prints_as_it_is_written() {
        let text = "x in 5..9, t < 3";
        assert_eq!(text.parse::<Region>().unwrap().to_string(), text);
    }
}
