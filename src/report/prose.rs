//! Words in the right number, lists and lines.

use std::io::{self, Write};

/// Input names printed before the rest are only counted.
const NAMES_SHOWN: usize = 6;

/// Longest line of prose.
const LINE_WIDTH: usize = 80;

/// Writes `prose` in lines of at most [`LINE_WIDTH`] characters.
pub(super) fn paragraph(prose: &str, out: &mut dyn Write) -> io::Result<()> {
    let mut width = 0;
    for word in prose.split(' ') {
        let length = word.chars().count();
        if width > 0 && width + 1 + length > LINE_WIDTH {
            write!(out, "\n{word}")?;
            width = length;
        } else {
            let separator = if width > 0 { " " } else { "" };
            write!(out, "{separator}{word}")?;
            width += separator.len() + length;
        }
    }
    writeln!(out)
}

/// `` `a`, `b` and `c` ``, cut after a few.
pub(super) fn names(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => "nothing".to_string(),
        [one] => one.clone(),
        many if many.len() > NAMES_SHOWN + 1 => format!(
            "{} and {} more",
            many[..NAMES_SHOWN].join(", "),
            many.len() - NAMES_SHOWN
        ),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `1 row`, `2 rows`.
pub(super) fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_is_wrapped_between_words() {
        let mut out = Vec::new();
        paragraph(&"twelve chars ".repeat(10), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            text.lines().all(|line| line.chars().count() <= LINE_WIDTH),
            "{text}"
        );
        assert_eq!(text.split_whitespace().count(), 20);
    }

    #[test]
    fn many_inputs_are_counted() {
        let all: Vec<String> = (0..100).map(|i| format!("x{i}")).collect();
        for (n, text) in [
            (0, "nothing"),
            (1, "`x0`"),
            (3, "`x0`, `x1` and `x2`"),
            (7, "`x0`, `x1`, `x2`, `x3`, `x4`, `x5` and `x6`"),
            (100, "`x0`, `x1`, `x2`, `x3`, `x4`, `x5` and 94 more"),
        ] {
            assert_eq!(names(&all[..n]), text);
        }
    }
}
