//! The languages that a formula can be written in: ONE table.

use super::code::{Code, Power, Syntax};
use super::mathml::MathMl;
use super::Exported;
use crate::formula::Function;

/// A language that formulas are written in.
pub struct Language {
    /// What the command line calls it.
    pub name: &'static str,
    /// What begins a line that says something to people; `None` where the document is
    /// the formula alone.
    comment: Option<&'static str>,
    /// Words that no input may be called.
    reserved: &'static [&'static str],
    /// How inputs are called: by identifiers, or in a way of the language's own.
    names: fn(&[String], &[&str]) -> Vec<String>,
    /// The formula over inputs of these names.
    body: fn(&Exported<'_>, &[String]) -> String,
    /// A whole that can be run, from what the function and its inputs are called and
    /// the body.
    whole: fn(&Exported<'_>, &str, &[String], &str) -> String,
}

impl Language {
    /// All of them.
    pub const ALL: &'static [Language] = &[
        TEXT, LATEX, MATHML, PYTHON, NUMPY, SYMPY, RUST, C, JULIA, R, MATLAB, JAVASCRIPT, EXCEL, SQL,
    ];

    /// The language of this name.
    pub fn named(name: &str) -> Option<&'static Language> {
        Language::ALL.iter().find(|language| language.name == name)
    }

    /// The document: comments that say what it is, and a whole that can be run.
    pub(super) fn document(&self, exported: &Exported<'_>) -> String {
        let inputs = (self.names)(exported.inputs, self.reserved);
        let body = (self.body)(exported, &inputs);
        let mut taken: Vec<&str> = self.reserved.to_vec();
        taken.extend(inputs.iter().map(String::as_str));
        let target = [exported.target.to_owned()];
        let function = super::identifier::identifiers(&target, &taken).remove(0);
        let mut document = String::new();
        if let Some(comment) = self.comment {
            for line in exported.about(&inputs) {
                document.push_str(&format!("{comment} {line}\n"));
            }
        }
        document.push_str(&(self.whole)(exported, &function, &inputs, &body));
        if !document.ends_with('\n') {
            document.push('\n');
        }
        document
    }
}

/// The functions of a language, `$prefix` before each.
macro_rules! calls {
    ($prefix:literal, ln: $ln:literal, asin: $asin:literal, acos: $acos:literal, atan: $atan:literal, abs: $abs:literal) => {
        |function| match function {
            Function::Exp => concat!($prefix, "exp"),
            Function::Ln => concat!($prefix, $ln),
            Function::Log10 => concat!($prefix, "log10"),
            Function::Log2 => concat!($prefix, "log2"),
            Function::Sin => concat!($prefix, "sin"),
            Function::Cos => concat!($prefix, "cos"),
            Function::Tan => concat!($prefix, "tan"),
            Function::Tanh => concat!($prefix, "tanh"),
            Function::Asin => concat!($prefix, $asin),
            Function::Acos => concat!($prefix, $acos),
            Function::Atan => concat!($prefix, $atan),
            Function::Abs => concat!($prefix, $abs),
            // Written as powers of their base.
            Function::Exp10 => concat!($prefix, "exp10"),
            Function::Exp2 => concat!($prefix, "exp2"),
        }
    };
}

const INFIX: Syntax = Syntax {
    power: Power::Operator("^"),
    times: " * ",
    over: " / ",
    points: false,
    tight_minus: false,
    pi: "pi",
    sqrt: "sqrt",
    call: calls!("", ln: "log", asin: "asin", acos: "acos", atan: "atan", abs: "abs"),
    based: None,
};

fn alone(_: &Exported<'_>, _: &str, _: &[String], body: &str) -> String {
    body.to_owned()
}

fn as_they_are(names: &[String], _: &[&str]) -> Vec<String> {
    names.to_vec()
}

const TEXT: Language = Language {
    name: "text",
    comment: None,
    reserved: &[],
    names: as_they_are,
    body: |exported, inputs| exported.expr.text(inputs),
    whole: alone,
};

const LATEX: Language = Language {
    name: "latex",
    comment: None,
    reserved: &[],
    names: as_they_are,
    body: |exported, inputs| exported.expr.latex(inputs),
    whole: alone,
};

const MATHML: Language = Language {
    name: "mathml",
    comment: None,
    reserved: &[],
    names: as_they_are,
    body: |exported, inputs| exported.expr.written(&MathMl { inputs }),
    whole: |exported, _, _, body| super::mathml::equation(exported.target, body),
};

const PYTHON_WORDS: [&str; 41] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def",
    "del", "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is",
    "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield", "abs",
    "math", "np", "numpy", "sympy", "formula",
];

static PYTHON_SYNTAX: Syntax = Syntax {
    power: Power::Operator("**"),
    pi: "math.pi",
    sqrt: "math.sqrt",
    call: calls!("math.", ln: "log", asin: "asin", acos: "acos", atan: "atan", abs: "fabs"),
    ..INFIX
};

const PYTHON: Language = Language {
    name: "python",
    comment: Some("#"),
    reserved: &PYTHON_WORDS,
    names: super::identifier::identifiers,
    body: |exported, inputs| written(exported, inputs, &PYTHON_SYNTAX),
    whole: |_, function, inputs, body| {
        let inputs = inputs.join(", ");
        format!("import math\n\n\ndef {function}({inputs}):\n    return {body}\n")
    },
};

static NUMPY_SYNTAX: Syntax = Syntax {
    power: Power::Operator("**"),
    pi: "np.pi",
    sqrt: "np.sqrt",
    call: calls!("np.", ln: "log", asin: "arcsin", acos: "arccos", atan: "arctan", abs: "abs"),
    ..INFIX
};

const NUMPY: Language = Language {
    name: "numpy",
    comment: Some("#"),
    reserved: &PYTHON_WORDS,
    names: super::identifier::identifiers,
    body: |exported, inputs| written(exported, inputs, &NUMPY_SYNTAX),
    whole: |_, function, inputs, body| {
        let mut text = format!("import numpy as np\n\n\ndef {function}({}):\n", inputs.join(", "));
        for input in inputs {
            text.push_str(&format!("    {input} = np.asarray({input}, dtype=float)\n"));
        }
        text + &format!("    return {body}\n")
    },
};

static SYMPY_SYNTAX: Syntax = Syntax {
    power: Power::Operator("**"),
    pi: "sympy.pi",
    sqrt: "sympy.sqrt",
    call: calls!("sympy.", ln: "log", asin: "asin", acos: "acos", atan: "atan", abs: "Abs"),
    based: Some(|function, argument| match function {
        Function::Log10 => Some(format!("sympy.log({argument}, 10)")),
        Function::Log2 => Some(format!("sympy.log({argument}, 2)")),
        _ => None,
    }),
    ..INFIX
};

const SYMPY: Language = Language {
    name: "sympy",
    comment: Some("#"),
    reserved: &PYTHON_WORDS,
    names: super::identifier::identifiers,
    body: |exported, inputs| written(exported, inputs, &SYMPY_SYNTAX),
    whole: |_, function, inputs, body| {
        let mut text = "import sympy\n\n".to_owned();
        for input in inputs {
            text.push_str(&format!("{input} = sympy.Symbol(\"{input}\", real=True)\n"));
        }
        text + &format!("{function} = {body}\n")
    },
};

static RUST_SYNTAX: Syntax = Syntax {
    power: Power::Call("f64::powf"),
    points: true,
    pi: "std::f64::consts::PI",
    sqrt: "f64::sqrt",
    call: calls!("f64::", ln: "ln", asin: "asin", acos: "acos", atan: "atan", abs: "abs"),
    ..INFIX
};

const RUST: Language = Language {
    name: "rust",
    comment: Some("//"),
    reserved: &[
        "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern",
        "f64", "false", "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub",
        "ref", "return", "self", "Self", "static", "std", "struct", "super", "trait", "true", "type",
        "unsafe", "use", "where", "while", "abstract", "become", "box", "do", "final", "gen", "macro",
        "override", "priv", "try", "typeof", "unsized", "virtual", "yield",
    ],
    names: super::identifier::identifiers,
    body: |exported, inputs| written(exported, inputs, &RUST_SYNTAX),
    whole: |_, function, inputs, body| {
        let inputs: Vec<String> = inputs.iter().map(|input| format!("{input}: f64")).collect();
        let inputs = inputs.join(", ");
        // Columns are called what they are called.
        format!("#[allow(non_snake_case)]\npub fn {function}({inputs}) -> f64 {{\n    {body}\n}}\n")
    },
};

static C_SYNTAX: Syntax = Syntax {
    power: Power::Call("pow"),
    points: true,
    // M_PI is no part of the standard.
    pi: "3.141592653589793",
    call: calls!("", ln: "log", asin: "asin", acos: "acos", atan: "atan", abs: "fabs"),
    ..INFIX
};

const C: Language = Language {
    name: "c",
    comment: Some("//"),
    reserved: &[
        "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum",
        "extern", "float", "for", "goto", "if", "inline", "int", "long", "register", "restrict", "return",
        "short", "signed", "sizeof", "static", "struct", "switch", "typedef", "union", "unsigned", "void",
        "volatile", "while", "main", "pow", "sqrt", "exp", "log", "log10", "log2", "sin", "cos", "tan",
        "tanh", "asin", "acos", "atan", "fabs", "gamma", "j0", "j1", "jn", "y0", "y1", "yn", "div", "time",
        "signal", "index", "abs", "ceil", "floor", "round",
    ],
    names: super::identifier::identifiers,
    body: |exported, inputs| written(exported, inputs, &C_SYNTAX),
    whole: |_, function, inputs, body| {
        let inputs: Vec<String> = inputs.iter().map(|input| format!("double {input}")).collect();
        let inputs = if inputs.is_empty() {
            "void".to_owned()
        } else {
            inputs.join(", ")
        };
        format!("#include <math.h>\n\ndouble {function}({inputs}) {{\n    return {body};\n}}\n")
    },
};

static JULIA_SYNTAX: Syntax = Syntax { ..INFIX };

const JULIA: Language = Language {
    name: "julia",
    comment: Some("#"),
    reserved: &[
        "baremodule",
        "begin",
        "break",
        "catch",
        "const",
        "continue",
        "do",
        "else",
        "elseif",
        "end",
        "export",
        "false",
        "finally",
        "for",
        "function",
        "global",
        "if",
        "import",
        "let",
        "local",
        "macro",
        "module",
        "quote",
        "return",
        "struct",
        "true",
        "try",
        "using",
        "while",
        "pi",
        "sqrt",
        "exp",
        "log",
        "log10",
        "log2",
        "sin",
        "cos",
        "tan",
        "tanh",
        "asin",
        "acos",
        "atan",
        "abs",
        "im",
    ],
    names: super::identifier::identifiers,
    body: |exported, inputs| written(exported, inputs, &JULIA_SYNTAX),
    whole: |_, function, inputs, body| {
        let inputs = inputs.join(", ");
        format!("function {function}({inputs})\n    return {body}\nend\n")
    },
};

const R: Language = Language {
    name: "r",
    comment: Some("#"),
    reserved: &[
        "if", "else", "repeat", "while", "function", "for", "next", "break", "TRUE", "FALSE", "NULL", "Inf",
        "NaN", "NA", "in", "pi", "sqrt", "exp", "log", "log10", "log2", "sin", "cos", "tan", "tanh", "asin",
        "acos", "atan", "abs", "c", "T", "F",
    ],
    names: super::identifier::identifiers,
    body: |exported, inputs| written(exported, inputs, &JULIA_SYNTAX),
    whole: |_, function, inputs, body| {
        let inputs = inputs.join(", ");
        format!("{function} <- function({inputs}) {{\n  {body}\n}}\n")
    },
};

static MATLAB_SYNTAX: Syntax = Syntax {
    power: Power::Operator(".^"),
    times: " .* ",
    over: " ./ ",
    ..INFIX
};

const MATLAB: Language = Language {
    name: "matlab",
    comment: Some("%"),
    reserved: &[
        "break",
        "case",
        "catch",
        "classdef",
        "continue",
        "else",
        "elseif",
        "end",
        "for",
        "function",
        "global",
        "if",
        "otherwise",
        "parfor",
        "persistent",
        "return",
        "spmd",
        "switch",
        "try",
        "while",
        "pi",
        "sqrt",
        "exp",
        "log",
        "log10",
        "log2",
        "sin",
        "cos",
        "tan",
        "tanh",
        "asin",
        "acos",
        "atan",
        "abs",
        "result",
    ],
    names: super::identifier::identifiers,
    body: |exported, inputs| written(exported, inputs, &MATLAB_SYNTAX),
    whole: |_, function, inputs, body| {
        let inputs = inputs.join(", ");
        format!("function result = {function}({inputs})\n    result = {body};\nend\n")
    },
};

static JAVASCRIPT_SYNTAX: Syntax = Syntax {
    // `-a ** 2` is a syntax error there.
    power: Power::Call("Math.pow"),
    pi: "Math.PI",
    sqrt: "Math.sqrt",
    call: calls!("Math.", ln: "log", asin: "asin", acos: "acos", atan: "atan", abs: "abs"),
    ..INFIX
};

const JAVASCRIPT: Language = Language {
    name: "javascript",
    comment: Some("//"),
    reserved: &[
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "let",
        "new",
        "null",
        "package",
        "private",
        "protected",
        "public",
        "return",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "var",
        "void",
        "while",
        "with",
        "yield",
        "Math",
        "arguments",
        "eval",
    ],
    names: super::identifier::identifiers,
    body: |exported, inputs| written(exported, inputs, &JAVASCRIPT_SYNTAX),
    whole: |_, function, inputs, body| {
        let inputs = inputs.join(", ");
        format!("function {function}({inputs}) {{\n  return {body};\n}}\n")
    },
};

static EXCEL_SYNTAX: Syntax = Syntax {
    times: "*",
    over: "/",
    // There -A2^2 is (-A2)^2.
    tight_minus: true,
    pi: "PI()",
    sqrt: "SQRT",
    call: |function| match function {
        Function::Exp => "EXP",
        Function::Ln => "LN",
        Function::Log10 => "LOG10",
        Function::Log2 => "LOG2",
        Function::Sin => "SIN",
        Function::Cos => "COS",
        Function::Tan => "TAN",
        Function::Tanh => "TANH",
        Function::Asin => "ASIN",
        Function::Acos => "ACOS",
        Function::Atan => "ATAN",
        Function::Abs => "ABS",
        Function::Exp10 => "10^",
        Function::Exp2 => "2^",
    },
    based: Some(|function, argument| match function {
        Function::Log2 => Some(format!("LOG({argument},2)")),
        _ => None,
    }),
    ..INFIX
};

const EXCEL: Language = Language {
    name: "excel",
    comment: None,
    reserved: &[],
    names: |names, _| {
        (0..names.len())
            .map(|place| format!("{}2", column_letters(place)))
            .collect()
    },
    body: |exported, inputs| written(exported, inputs, &EXCEL_SYNTAX),
    whole: |exported, _, inputs, body| {
        // Below the formula, which may be copied as it is, what its cells hold.
        let cells = inputs.iter().zip(exported.inputs);
        let cells: Vec<String> = cells
            .map(|(cell, name)| format!("{cell}: {}", super::shown(name)))
            .collect();
        format!(
            "={}\n\n{}\n",
            body.replace(" + ", "+").replace(" - ", "-"),
            cells.join("\n")
        )
    },
};

static SQL_SYNTAX: Syntax = Syntax {
    power: Power::Call("power"),
    points: true,
    pi: "pi()",
    call: calls!("", ln: "ln", asin: "asin", acos: "acos", atan: "atan", abs: "abs"),
    ..INFIX
};

const SQL: Language = Language {
    name: "sql",
    comment: Some("--"),
    reserved: &[],
    // Whole numbers would be divided as such.
    names: |names, _| {
        let quoted = names.iter().map(|name| name.replace('"', "\"\""));
        quoted
            .map(|name| format!("CAST(\"{name}\" AS DOUBLE PRECISION)"))
            .collect()
    },
    body: |exported, inputs| written(exported, inputs, &SQL_SYNTAX),
    whole: |exported, _, _, body| {
        let name = format!("{}_predicted", exported.target).replace('"', "\"\"");
        format!("SELECT *,\n  {body} AS \"{name}\"\nFROM data;\n")
    },
};

fn written(exported: &Exported<'_>, inputs: &[String], syntax: &'static Syntax) -> String {
    exported.expr.written(&Code { syntax, inputs })
}

/// A, B, …, Z, AA, ….
fn column_letters(place: usize) -> String {
    let mut letters = String::new();
    let mut rest = place + 1;
    while rest > 0 {
        let letter = u8::try_from((rest - 1) % 26).unwrap_or(0);
        letters.insert(0, char::from(b'A' + letter));
        rest = (rest - 1) / 26;
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_a_sheet_are_counted_in_letters() {
        let letters = [0, 25, 26, 51, 52, 701, 702].map(column_letters);
        assert_eq!(letters, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn names_are_unique_and_can_be_typed() {
        for (place, language) in Language::ALL.iter().enumerate() {
            assert!(
                language.name.bytes().all(|b| b.is_ascii_lowercase()),
                "{}",
                language.name
            );
            let same = |other: &&Language| other.name == language.name;
            assert_eq!(Language::ALL.iter().position(|other| same(&other)), Some(place));
            assert!(Language::named(language.name).is_some());
        }
    }
}
