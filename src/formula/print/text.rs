//! The formula language of the command line and of the JSON report.

use super::infix::Notation;
use super::name_of;
use crate::formula::parse::is_plain_name;
use crate::formula::Expr;

pub(super) fn print(expr: &Expr, names: &[String]) -> String {
    Notation {
        power: "^",
        root_function: true,
        name: &|index| quoted(&name_of(index, names)),
    }
    .write(expr)
}

/// The name as it is written in a formula: in backticks, with backticks
/// doubled, unless it is a plain identifier.
fn quoted(name: &str) -> String {
    if is_plain_name(name) {
        name.to_string()
    } else {
        format!("`{}`", name.replace('`', "``"))
    }
}

#[cfg(test)]
mod tests {
    use crate::formula::{parse, Exponent, Expr};

    fn names() -> Vec<String> {
        ["a", "b", "c", "d", "speed [m/s]", "sqrt", "odd`name"]
            .map(String::from)
            .to_vec()
    }

    #[test]
    fn printed_as_a_person_writes() {
        for text in [
            "a^1.5",
            "0.5 * a * b^2",
            "a / (b * c)",
            "a - b",
            "-a - 2 * b",
            "(a + b) / (c - d)",
            "a / 3",
            "2 * a / 3",
            "2 / (3 * a)",
            "1 / 3",
            "sqrt(a^2 + b^2)",
            "1 / sqrt(a)",
            "a^(1/3)",
            "1 / a^(1/3)",
            "1.8 * c + 32",
            "a * (b + c)^2",
            "`speed [m/s]` + `sqrt`",
            "a / `odd``name`",
            "6.674e-11 * a * b / c^2",
            "(a * b)^2",
            "(a / 3)^2",
            "(a^2)^3",
            "-(a + b)",
            "a - (b + c)",
            "-2^2",
            "(-2)^2",
        ] {
            let expr = parse(text, &names()).expect(text);
            assert_eq!(expr.text(&names()), text);
        }
    }

    #[test]
    fn inputs_without_a_name_are_numbered() {
        assert_eq!(Expr::sqrt(Expr::Variable(7)).text(&[]), "sqrt(x7)");
        assert_eq!(
            Expr::power(Expr::Variable(0), Exponent::integer(-2)).text(&[]),
            "1 / x0^2"
        );
    }
}
