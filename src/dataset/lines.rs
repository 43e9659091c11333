//! Offsets to line numbers.

/// Line numbers of offsets asked in ascending order, in one pass.
///
/// The csv crate's own count takes the blank lines before a record for the
/// record's line.
pub(super) struct LineCounter<'a> {
    bytes: &'a [u8],
    line_break: u8,
    offset: usize,
    line: usize,
}

impl<'a> LineCounter<'a> {
    /// Counts from the number of the line that `bytes` start with.
    pub fn new(bytes: &'a [u8], first_line: usize) -> LineCounter<'a> {
        LineCounter {
            bytes,
            line_break: if bytes.contains(&b'\n') { b'\n' } else { b'\r' },
            offset: 0,
            line: first_line,
        }
    }

    /// The line of the first byte at or after `offset` that is no line break.
    pub fn at(&mut self, offset: usize) -> usize {
        let mut end = offset;
        while matches!(self.bytes.get(end), Some(b'\n' | b'\r')) {
            end += 1;
        }
        let passed = &self.bytes[self.offset.min(end)..end];
        self.line += passed.iter().filter(|&&byte| byte == self.line_break).count();
        self.offset = end;
        self.line
    }
}
