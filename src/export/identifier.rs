//! Names that a language takes for names.

use std::collections::BTreeSet;

/// A distinct identifier for each name, none of them one of the `reserved`. Names that
/// are fine already keep their spelling; others lose what is neither a letter nor a
/// digit, and get a number where two would be one.
pub(super) fn identifiers(names: &[String], reserved: &[&str]) -> Vec<String> {
    let fine = |name: &&String| identifier(name, reserved) == **name;
    let mut taken: BTreeSet<String> = names.iter().filter(fine).cloned().collect();
    names
        .iter()
        .map(|name| {
            let base = identifier(name, reserved);
            if base == *name {
                return base;
            }
            let numbered = (2..).map(|suffix| format!("{base}_{suffix}"));
            let mut free = std::iter::once(base.clone()).chain(numbered);
            let found = free.find(|candidate| !taken.contains(candidate));
            let found = found.unwrap_or(base);
            taken.insert(found.clone());
            found
        })
        .collect()
}

fn identifier(name: &str, reserved: &[&str]) -> String {
    let spelled: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let ended = match name.ends_with('_') {
        true => spelled.as_str(),
        false => spelled.trim_end_matches('_'),
    };
    // No language lets a digit begin a name, and some no underscore.
    let mut found = match ended.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => ended.to_owned(),
        false => format!("x{ended}"),
    };
    if reserved.contains(&found.as_str()) {
        found.push('_');
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_becomes_one_of_its_own() {
        let names = ["a b", "a_b", "2nd", "_", "speed [m/s]", "exp", "Größe", ""].map(String::from);
        let expected = ["a_b_2", "a_b", "x2nd", "x_", "speed__m_s", "exp_", "Gr__e", "x"];
        assert_eq!(identifiers(&names, &["exp"]), expected);
    }
}
