//! Text from a file as it may be shown on a terminal.

use std::borrow::Cow;

/// The text with control characters and marks that turn the direction of
/// writing spelled out, `\x1b` and `\u{202e}`: shown as they are, they could
/// colour, move or hide what a terminal shows.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        match character {
            '\t' | '\n' | '\r' => shown.push(' '),
            c if is_hidden(c) && c.is_ascii() => shown.push_str(&format!("\\x{:02x}", c as u32)),
            c if is_hidden(c) => shown.extend(c.escape_unicode()),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

fn is_hidden(character: char) -> bool {
    let turns = matches!(character,
        '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    character.is_control() || turns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_act_on_a_terminal_is_spelled_out() {
        assert_eq!(visible("\x1b[31mred"), "\\x1b[31mred");
        assert_eq!(visible("a\u{202e}b"), "a\\u{202e}b");
        assert_eq!(visible("two\nlines"), "two lines");
        assert!(matches!(visible("Höhe [m]"), Cow::Borrowed(_)));
    }
}
