//! Which rows are outside, in words.

use std::collections::BTreeSet;

use super::number::significant;
use crate::split::{InputRange, SplitDescription, SplitMethod};

/// Conditions shown before the rest are only counted.
const SHOWN: usize = 4;

/// The condition that the rows outside the fitted range meet, as far as it
/// concerns the inputs `used` by a formula: `` `x` > 10 or `t` outside -3..4 ``;
/// what the user chose where the user did. Empty when there are none.
pub fn outside_words(split: &SplitDescription, used: &BTreeSet<usize>) -> String {
    match split.method {
        SplitMethod::Regions => split.held_out.clone(),
        SplitMethod::TestFile => format!("the rows of {}", split.held_out),
        _ => {
            let ranges = split.ranges.iter().enumerate();
            let words: Vec<String> = ranges
                .filter(|(input, _)| used.contains(input))
                .filter_map(|(_, range)| beyond(range))
                .collect();
            if words.len() > SHOWN + 1 {
                let more = words.len() - SHOWN;
                format!("{} or {more} more such", words[..SHOWN].join(" or "))
            } else {
                words.join(" or ")
            }
        }
    }
}

fn beyond(range: &InputRange) -> Option<String> {
    let [low, high] = range.extrapolation?;
    let [from, to] = range.fitted;
    let name = &range.input;
    let (lower, upper) = (significant(from, 4), significant(to, 4));
    match (low < from, high > to) {
        (true, true) => Some(format!("`{name}` outside {lower}..{upper}")),
        (true, false) => Some(format!("`{name}` < {lower}")),
        (false, true) => Some(format!("`{name}` > {upper}")),
        (false, false) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(input: &str, fitted: [f64; 2], extrapolation: Option<[f64; 2]>) -> InputRange {
        InputRange {
            input: input.to_string(),
            fitted,
            extrapolation,
        }
    }

    #[test]
    fn only_what_the_formula_reads_is_named() {
        let mut split = SplitDescription {
            method: SplitMethod::OuterShell,
            held_out: "x > 10".to_string(),
            ranges: vec![
                range("x", [1.0, 10.0], Some([4.0, 12.5])),
                range("t", [-3.0, 4.0], Some([-5.0, 6.0])),
                range("low", [1.0 / 3.0, 4.0], Some([0.1, 2.0])),
                range("same", [0.0, 4.0], Some([1.0, 2.0])),
                range("none", [0.0, 4.0], None),
            ],
            ..SplitDescription::default()
        };
        let words =
            |split: &SplitDescription, used: &[usize]| outside_words(split, &used.iter().copied().collect());
        assert_eq!(words(&split, &[0]), "`x` > 10");
        assert_eq!(words(&split, &[0, 1, 3, 4]), "`x` > 10 or `t` outside -3..4");
        assert_eq!(words(&split, &[2]), "`low` < 0.3333");
        assert_eq!(words(&split, &[3, 4]), "");
        split.ranges = (0..9)
            .map(|i| range(&format!("x{i}"), [0.0, 1.0], Some([0.0, 2.0])))
            .collect();
        assert_eq!(
            words(&split, &[0, 1, 2, 3, 5, 8]),
            "`x0` > 1 or `x1` > 1 or `x2` > 1 or `x3` > 1 or 2 more such"
        );
        split.method = SplitMethod::Regions;
        assert_eq!(words(&split, &[2]), "x > 10");
    }
}
