//! One cell: a number, a missing value, or something else.

use super::spelling::{spelled, Spellings};

/// What separates the whole part of a number from its fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecimalMark {
    Point,
    Comma,
}

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell {
    Number(f64),
    /// A number in a spelling that leaves one reading only.
    Spelled(f64, Spellings),
    Missing,
    Fault(CellFault),
}

/// Why a cell is not a usable number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CellFault {
    /// Not like a number at all.
    Text,
    /// Written as an infinity.
    Infinite,
    /// A number beyond the range of `f64`, such as `1e999`.
    Overflow,
    /// A number other than 0 that `f64` can only hold as 0, such as `1e-999`.
    Underflow,
    /// Digits grouped in thousands, such as `1,234,567`.
    Thousands,
    /// A comma before the fraction in a table that uses points, or the reverse.
    DecimalMark,
}

impl CellFault {
    /// Whether the person who typed the cell meant a number.
    pub(super) fn is_like_a_number(self) -> bool {
        self != CellFault::Text
    }

    /// Whether a number in another spelling is taken for this.
    fn may_be_spelled(self) -> bool {
        matches!(self, CellFault::Text | CellFault::Thousands)
    }

    /// What the cell is, to follow "which is".
    pub(super) fn describe(self) -> &'static str {
        match self {
            CellFault::Text => "not a number",
            CellFault::Infinite => "not a finite number",
            CellFault::Overflow => "a number too large to compute with",
            CellFault::Underflow => "a number too small to compute with",
            CellFault::Thousands => "a number with thousands separators",
            CellFault::DecimalMark => "a number with another decimal mark than the rest of the table",
        }
    }

    /// What to change in the cell.
    pub(super) fn remedy(self) -> &'static str {
        match self {
            CellFault::Text => "correct the cell, or leave it empty to drop its row",
            CellFault::Infinite | CellFault::Overflow => {
                "use a larger unit, or leave the cell empty to drop its row"
            }
            CellFault::Underflow => "use a smaller unit, or leave the cell empty to drop its row",
            CellFault::Thousands => "write the digits without separators, such as `1234567`",
            CellFault::DecimalMark => "use one decimal mark throughout",
        }
    }
}

impl Cell {
    /// Reads the text of a cell; blanks around it don't count.
    pub(super) fn parse(text: &[u8], mark: DecimalMark) -> Cell {
        match Cell::plain(text, mark) {
            Cell::Fault(fault) if fault.may_be_spelled() => std::str::from_utf8(trim(text))
                .ok()
                .and_then(|text| spelled(text, mark))
                .map_or(Cell::Fault(fault), |(value, how)| Cell::Spelled(value, how)),
            cell => cell,
        }
    }

    /// The same in plain spelling alone.
    pub(super) fn plain(text: &[u8], mark: DecimalMark) -> Cell {
        // Nearly every cell of a large table is a plain number.
        if let (DecimalMark::Point, Some(b'0'..=b'9' | b'-' | b'.')) = (mark, text.first()) {
            match fast_float2::parse::<f64, _>(text) {
                Ok(value) if value.is_finite() && value != 0.0 => return Cell::Number(value),
                _ => {}
            }
        }
        let text = trim(text);
        if is_missing(text) {
            return Cell::Missing;
        }
        // Text columns are the common case that is no number: the first byte
        // tells most of them without a parse.
        match text[0] {
            b'0'..=b'9' | b'.' | b',' | b'-' | b'+' => {}
            _ => return Cell::Fault(fault(text, mark)),
        }
        match number_in(text, mark) {
            Some(value) if value.is_infinite() => Cell::Fault(if text.iter().any(u8::is_ascii_digit) {
                CellFault::Overflow
            } else {
                CellFault::Infinite
            }),
            Some(value) if value.is_nan() => Cell::Missing,
            Some(value) if value == 0.0 && has_significant_digit(text) => Cell::Fault(CellFault::Underflow),
            Some(value) => Cell::Number(value),
            None => Cell::Fault(fault(text, mark)),
        }
    }
}

/// Without the blanks at both ends; a no-break space (C2 A0) is one too.
pub(super) fn trim(text: &[u8]) -> &[u8] {
    const NO_BREAK_SPACE: &[u8] = "\u{a0}".as_bytes();
    let mut text = text.trim_ascii();
    loop {
        if let Some(rest) = text.strip_prefix(NO_BREAK_SPACE) {
            text = rest.trim_ascii();
        } else if let Some(rest) = text.strip_suffix(NO_BREAK_SPACE) {
            text = rest.trim_ascii();
        } else {
            return text;
        }
    }
}

/// What people, programs and spreadsheets write where there is no number.
fn is_missing(text: &[u8]) -> bool {
    const WORDS: [&str; 11] = [
        "na", "nan", "null", "none", "n/a", "n.a.", "?", "-", "--", "\u{2013}", "\u{2014}",
    ];
    match text {
        [] => true,
        // A spreadsheet's `#DIV/0!`, `#N/A`, `#WERT!`.
        [b'#', b'A'..=b'Z', ..] => {
            text.len() <= 10 && (text.ends_with(b"!") || text.ends_with(b"?"))
                || [&b"#N/A"[..], b"#NA", b"#NV"].contains(&text)
        }
        _ => {
            text.len() <= 4
                && WORDS
                    .iter()
                    .any(|word| text.eq_ignore_ascii_case(word.as_bytes()))
        }
    }
}

/// The number in plain spelling; infinite where it is out of range.
pub(super) fn number_in(text: &[u8], mark: DecimalMark) -> Option<f64> {
    match mark {
        DecimalMark::Point => parse_number(text),
        DecimalMark::Comma if text.contains(&b'.') => None,
        DecimalMark::Comma => {
            let mut pointed = [0; 64];
            match pointed.get_mut(..text.len()) {
                Some(pointed) => {
                    pointed.copy_from_slice(text);
                    for byte in pointed.iter_mut().filter(|byte| **byte == b',') {
                        *byte = b'.';
                    }
                    parse_number(pointed)
                }
                None => parse_number(text),
            }
        }
    }
}

fn parse_number(text: &[u8]) -> Option<f64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn has_significant_digit(text: &[u8]) -> bool {
    text.iter()
        .take_while(|&&byte| byte != b'e' && byte != b'E')
        .any(|byte| (b'1'..=b'9').contains(byte))
}

/// Why a text that is no number is none.
fn fault(text: &[u8], mark: DecimalMark) -> CellFault {
    let Ok(text) = std::str::from_utf8(text) else {
        return CellFault::Text;
    };
    if parse_number(text.as_bytes()).is_some_and(f64::is_infinite) {
        return CellFault::Infinite;
    }
    let (point, comma) = match mark {
        DecimalMark::Point => ('.', ','),
        DecimalMark::Comma => (',', '.'),
    };
    if is_grouped(text, comma, point) {
        return CellFault::Thousands;
    }
    let other = match mark {
        DecimalMark::Point => DecimalMark::Comma,
        DecimalMark::Comma => DecimalMark::Point,
    };
    let is_number = || number_in(text.as_bytes(), other).is_some_and(f64::is_finite);
    if text.matches(comma).count() == 1 && (is_number() || spelled(text, other).is_some()) {
        return CellFault::DecimalMark;
    }
    CellFault::Text
}

/// Whether the digits come in groups of three: `1,234` or `-12,345.6`.
pub(super) fn is_grouped(text: &str, separator: char, point: char) -> bool {
    let text = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = text.split_once(point).unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut groups = whole.split(separator);
    let first = groups.next().unwrap_or("");
    let rest: Vec<&str> = groups.collect();
    (1..=3).contains(&first.len())
        && digits(first)
        && !rest.is_empty()
        && rest.iter().all(|group| group.len() == 3 && digits(group))
        && digits(fraction)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_told_apart() {
        use CellFault::*;
        let number = Cell::Number;
        let fault = Cell::Fault;
        let cases = [
            ("3.5", number(3.5)),
            (" -2e3 ", number(-2000.0)),
            ("+.5", number(0.5)),
            ("7.", number(7.0)),
            ("0e5", number(0.0)),
            ("\u{a0}4", number(4.0)),
            ("", Cell::Missing),
            ("  ", Cell::Missing),
            ("NA", Cell::Missing),
            ("nan", Cell::Missing),
            ("-NaN", Cell::Missing),
            ("Null", Cell::Missing),
            ("?", Cell::Missing),
            ("abc", fault(Text)),
            ("12 kg", fault(Text)),
            ("2020-01-31", fault(Text)),
            ("-", Cell::Missing),
            ("\u{2013}", Cell::Missing),
            ("n.a.", Cell::Missing),
            ("#DIV/0!", Cell::Missing),
            ("#NV", Cell::Missing),
            ("#1", fault(Text)),
            ("nano", fault(Text)),
            ("inf", fault(Infinite)),
            ("-Infinity", fault(Infinite)),
            ("1e999", fault(Overflow)),
            ("-1e999", fault(Overflow)),
            ("1e-999", fault(Underflow)),
            ("1,234", fault(Thousands)),
            ("3,14", fault(DecimalMark)),
            ("2.694,24", fault(DecimalMark)),
            ("56,43%", fault(DecimalMark)),
        ];
        for (text, expected) in cases {
            assert_eq!(
                Cell::parse(text.as_bytes(), super::DecimalMark::Point),
                expected,
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_decimal_comma_is_read_where_asked() {
        for (text, expected) in [
            ("3,25", Cell::Number(3.25)),
            ("-1,5e3", Cell::Number(-1500.0)),
            ("1,234", Cell::Number(1.234)),
            ("42", Cell::Number(42.0)),
            ("1.234", Cell::Fault(CellFault::Thousands)),
            ("2.5", Cell::Fault(CellFault::DecimalMark)),
            ("1,2,3", Cell::Fault(CellFault::Text)),
        ] {
            assert_eq!(
                Cell::parse(text.as_bytes(), DecimalMark::Comma),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_no_number() {
        assert_eq!(
            Cell::parse(b"1\xff", DecimalMark::Point),
            Cell::Fault(CellFault::Text)
        );
    }
}
