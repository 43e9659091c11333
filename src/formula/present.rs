//! The form a person would write.

use super::Expr;

impl Expr {
    /// The simplified form, rewritten wherever that makes it shorter.
    /// `positive[i]` says that input `i` is above 0 in every row.
    pub fn present(&self, positive: &[bool]) -> Expr {
        self.simplify_for(positive)
    }
}
