//! The near miss of a misspelt name.

/// The candidate most like `wanted`, letter case aside, if any is like it at
/// all: Damerau-Levenshtein similarity of 0.6 or more.
pub(crate) fn nearest<'a>(wanted: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = wanted.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates {
        let similarity = strsim::normalized_damerau_levenshtein(&wanted, &candidate.to_lowercase());
        if similarity >= 0.6 && best.is_none_or(|(least, _)| similarity > least) {
            best = Some((similarity, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_near_miss_and_nothing_far() {
        let names = ["mass", "velocity", "Energy"];
        for (wanted, expected) in [
            ("velocty", Some("velocity")),
            ("energy", Some("Energy")),
            ("mas", Some("mass")),
            ("temperature", None),
        ] {
            assert_eq!(nearest(wanted, names.into_iter()), expected, "{wanted}");
        }
    }
}
