//! Words in the right number, and lines.

use std::io::{self, Write};

use textwrap::{Options, WordSeparator, WordSplitter};

/// Longest line of prose where nothing else is known.
pub(super) const LINE_WIDTH: usize = 80;

/// Room for a label, and what stands before and behind it.
const LABEL: usize = 11;

/// Writes `prose` in lines of at most [`LINE_WIDTH`] characters.
pub(super) fn paragraph(prose: &str, out: &mut dyn Write) -> io::Result<()> {
    for line in wrapped(prose, LINE_WIDTH) {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// `prose` in lines of at most `width` columns, broken between words only: a formula
/// that is copied from a terminal has to be the formula.
pub(super) fn wrapped(prose: &str, width: usize) -> Vec<String> {
    textwrap::wrap(prose, plain(width))
        .into_iter()
        .map(|line| line.into_owned())
        .collect()
}

fn plain(width: usize) -> Options<'static> {
    Options::new(width)
        .word_separator(WordSeparator::AsciiSpace)
        .word_splitter(WordSplitter::NoHyphenation)
        .break_words(false)
}

/// Writes a label and beside it the prose, in lines of at most `width` columns.
pub(super) fn labelled(label: &str, prose: &str, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let first = format!("  {label:<LABEL$}");
    let later = " ".repeat(first.chars().count());
    let options = plain(width).initial_indent(&first).subsequent_indent(&later);
    for line in textwrap::wrap(prose, options) {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
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
    fn a_label_stands_beside_its_prose() {
        let mut out = Vec::new();
        labelled("why", "a formula-with-hyphens is never broken", 30, &mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "  why        a\n             formula-with-hyphens\n             is never broken\n"
        );
    }
}
