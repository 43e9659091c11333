//! What the cells of a column are.

use super::cell::{trim, Cell, CellFault, DecimalMark};
use super::error::excerpt;
use super::spelling::Spellings;

/// A cell that is neither a number nor missing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct BadCell {
    pub line: usize,
    pub text: String,
    pub fault: CellFault,
}

/// Counts over all cells of a column, whether or not their rows are kept.
#[derive(Debug, Clone)]
pub(super) struct Tally {
    pub numbers: usize,
    pub missing: usize,
    /// Cells meant as numbers that can't be used as such.
    pub faults: usize,
    pub texts: usize,
    pub first_bad: Option<BadCell>,
    pub first_missing: Option<usize>,
    /// In what other spellings numbers were met.
    pub spelled: Spellings,
    /// The least and the largest number.
    pub range: [f64; 2],
    pub points: usize,
    pub decimal_commas: usize,
    pub lone_grouping_commas: usize,
}

impl Default for Tally {
    fn default() -> Tally {
        Tally {
            numbers: 0,
            missing: 0,
            faults: 0,
            texts: 0,
            first_bad: None,
            first_missing: None,
            spelled: Spellings::default(),
            range: [f64::INFINITY, f64::NEG_INFINITY],
            points: 0,
            decimal_commas: 0,
            lone_grouping_commas: 0,
        }
    }
}

impl Tally {
    /// Whether most cells were meant as numbers. A text among them is then a
    /// slip of the hand, not a column of text.
    pub fn is_numeric(&self) -> bool {
        self.numbers + self.faults > self.texts
    }

    pub fn is_empty(&self) -> bool {
        self.numbers + self.faults + self.texts == 0
    }

    /// Whether all numbers are the same, if there are any.
    pub fn is_constant(&self) -> bool {
        self.range[0] >= self.range[1]
    }

    /// Counts the text of a cell; NaN where it is no number.
    pub fn cell(&mut self, text: &[u8], mark: DecimalMark, line: usize) -> f64 {
        match Cell::parse(text, mark) {
            Cell::Number(value) => {
                self.number(value);
                self.points += usize::from(text.contains(&b'.'));
                return value;
            }
            Cell::Spelled(value, how) => {
                self.number(value);
                self.points += usize::from(text.contains(&b'.'));
                self.spelled.join(how);
                return value;
            }
            Cell::Missing => self.missing(line),
            Cell::Fault(fault) => {
                if text.iter().filter(|&&byte| byte == b',').count() == 1 {
                    match fault {
                        CellFault::DecimalMark => self.decimal_commas += 1,
                        CellFault::Thousands => self.lone_grouping_commas += 1,
                        _ => {}
                    }
                }
                self.fault(fault, line, || excerpt(&String::from_utf8_lossy(trim(text))));
            }
        }
        f64::NAN
    }

    pub fn number(&mut self, value: f64) {
        self.numbers += 1;
        self.range[0] = self.range[0].min(value);
        self.range[1] = self.range[1].max(value);
    }

    pub fn missing(&mut self, line: usize) {
        self.missing += 1;
        self.first_missing.get_or_insert(line);
    }

    pub fn fault(&mut self, fault: CellFault, line: usize, text: impl FnOnce() -> String) {
        if fault.is_like_a_number() {
            self.faults += 1;
        } else {
            self.texts += 1;
        }
        self.first_bad.get_or_insert_with(|| BadCell {
            line,
            text: text(),
            fault,
        });
    }

    /// Adds the counts over other rows of the same column.
    pub fn merge(&mut self, other: Tally) {
        self.numbers += other.numbers;
        self.missing += other.missing;
        self.faults += other.faults;
        self.texts += other.texts;
        self.points += other.points;
        self.spelled.join(other.spelled);
        self.decimal_commas += other.decimal_commas;
        self.lone_grouping_commas += other.lone_grouping_commas;
        self.range = [
            self.range[0].min(other.range[0]),
            self.range[1].max(other.range[1]),
        ];
        self.first_missing = [self.first_missing, other.first_missing]
            .into_iter()
            .flatten()
            .min();
        self.first_bad = [self.first_bad.take(), other.first_bad]
            .into_iter()
            .flatten()
            .min_by_key(|bad| bad.line);
    }
}
