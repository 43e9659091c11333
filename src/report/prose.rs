//! Words in the right number, and lines.

use std::io::{self, Write};

/// Longest line of prose.
pub(super) const LINE_WIDTH: usize = 80;

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
}
