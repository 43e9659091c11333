//! Numbers as spreadsheets and instruments write them, where one reading only
//! is possible: `1'234.5`, `2.694,24` among decimal commas, `$1,299.00`, `15 %`,
//! `−3`, `0.307D+26`.

use super::cell::{is_grouped, number_in, DecimalMark};

/// Something about a number's spelling that is left out, or turned round, to
/// read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spelling {
    /// Digits grouped in thousands.
    Thousands,
    /// A percent sign; the number stands as it is written.
    Percent,
    /// A currency sign.
    Currency,
    /// A typographic minus sign.
    Minus,
    /// An exponent of ten after a `D`, as Fortran writes it.
    Exponent,
}

impl Spelling {
    /// Every spelling, in the order in which notes name them.
    pub const ALL: [Spelling; 5] = [
        Spelling::Thousands,
        Spelling::Percent,
        Spelling::Currency,
        Spelling::Minus,
        Spelling::Exponent,
    ];

    /// How it is read, to follow the names of columns.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Spelling::Thousands => "separators of thousands are left out",
            Spelling::Percent => "percentages stand as they are written, not divided by 100",
            Spelling::Currency => "currency signs are left out",
            Spelling::Minus => "typographic minus signs are read as `-`",
            Spelling::Exponent => "`D` before an exponent is read as `e`",
        }
    }
}

/// Which spellings were met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Spellings(u8);

impl Spellings {
    fn add(&mut self, spelling: Spelling) {
        self.0 |= 1 << spelling as u8;
    }

    /// Those of both.
    pub fn join(&mut self, other: Spellings) {
        self.0 |= other.0;
    }

    pub fn has(self, spelling: Spelling) -> bool {
        self.0 & (1 << spelling as u8) != 0
    }
}

/// Characters before or after an amount.
const CURRENCIES: [char; 6] = ['$', '€', '£', '¥', '₹', '₽'];
/// Minus signs that are no hyphen.
const MINUS_SIGNS: [char; 2] = ['\u{2212}', '\u{2013}'];
/// Blanks and marks that separate thousands and nothing else.
const SEPARATORS: [char; 7] = ['\'', '\u{2019}', ' ', '_', '\u{a0}', '\u{202f}', '\u{2009}'];

/// The number that a text can only mean, and what was passed over to read it.
pub(super) fn spelled(text: &str, mark: DecimalMark) -> Option<(f64, Spellings)> {
    let mut found = Spellings::default();
    let mut rest = text.trim();
    if let Some(amount) = rest.strip_suffix('%') {
        rest = amount.trim();
        found.add(Spelling::Percent);
    }
    let mut sign = "";
    for _ in 0..2 {
        // `-$5` and `$-5` both occur.
        if let Some(size) = rest.strip_prefix(MINUS_SIGNS) {
            (rest, sign) = (size.trim(), "-");
            found.add(Spelling::Minus);
        } else if let Some(size) = rest.strip_prefix('-').filter(|size| size.starts_with(CURRENCIES)) {
            (rest, sign) = (size, "-");
        }
        if let Some(amount) = rest.strip_prefix(CURRENCIES).or(rest.strip_suffix(CURRENCIES)) {
            rest = amount.trim();
            found.add(Spelling::Currency);
        }
    }
    let (point, comma) = match mark {
        DecimalMark::Point => ('.', ','),
        DecimalMark::Comma => (',', '.'),
    };
    let mut number = rest.to_owned();
    for separator in SEPARATORS.into_iter().chain([comma]) {
        // A lone `1,234` may be a fraction; `1,234.5` and `1,234,567` are not.
        let one_reading = separator != comma || rest.contains(point) || rest.matches(comma).count() > 1;
        if one_reading && is_grouped(rest, separator, point) {
            number = rest.replace(separator, "");
            found.add(Spelling::Thousands);
        }
    }
    if let Some(place) = number.find(['d', 'D']) {
        let digits = |text: &str| text.chars().all(|c| c.is_ascii_digit() || "+-.,".contains(c));
        let (mantissa, exponent) = (&number[..place], &number[place + 1..]);
        if !mantissa.is_empty() && !exponent.is_empty() && digits(mantissa) && digits(exponent) {
            number = format!("{mantissa}e{exponent}");
            found.add(Spelling::Exponent);
        }
    }
    if found == Spellings::default() {
        return None;
    }
    let number = format!("{sign}{number}");
    let value = number_in(number.as_bytes(), mark)?;
    value.is_finite().then_some((value, found))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reading_is_taken() {
        use Spelling::*;
        for (text, mark, value, spellings) in [
            ("$1,299.00", DecimalMark::Point, 1299.0, vec![Thousands, Currency]),
            ("1,234,567", DecimalMark::Point, 1_234_567.0, vec![Thousands]),
            ("1'234.5", DecimalMark::Point, 1234.5, vec![Thousands]),
            ("2.694,24", DecimalMark::Comma, 2694.24, vec![Thousands]),
            (
                "151\u{202f}510,19",
                DecimalMark::Comma,
                151_510.19,
                vec![Thousands],
            ),
            ("15 %", DecimalMark::Point, 15.0, vec![Percent]),
            ("56,43%", DecimalMark::Comma, 56.43, vec![Percent]),
            ("-$5", DecimalMark::Point, -5.0, vec![Currency]),
            ("$-5", DecimalMark::Point, -5.0, vec![Currency]),
            ("5 €", DecimalMark::Point, 5.0, vec![Currency]),
            ("\u{2212}5.5", DecimalMark::Point, -5.5, vec![Minus]),
            ("0.3070408D+26", DecimalMark::Point, 0.3070408e26, vec![Exponent]),
            ("1,5d-3", DecimalMark::Comma, 1.5e-3, vec![Exponent]),
        ] {
            let (read, found) = spelled(text, mark).unwrap_or_else(|| panic!("{text} is not read"));
            assert_eq!(read, value, "{text}");
            for spelling in Spelling::ALL {
                assert_eq!(
                    found.has(spelling),
                    spellings.contains(&spelling),
                    "{text}: {spelling:?}"
                );
            }
        }
    }

    #[test]
    fn more_readings_than_one_are_not() {
        for text in [
            "1,234",
            "12,34,567",
            "D5",
            "5D",
            "3D printer",
            "1 2",
            "$",
            "%",
            "5 kg",
            "--5",
            "\u{2013}",
        ] {
            assert_eq!(spelled(text, DecimalMark::Point), None, "{text}");
        }
        assert_eq!(spelled("1.234", DecimalMark::Comma), None);
    }
}
