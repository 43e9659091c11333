//! Columns that are separated by blanks, aligned or not, as instruments and
//! Fortran programs write them.

use std::io::{self, Read};

/// How much is read at a time.
const CHUNK: usize = 64 << 10;

/// Where in a line the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    LineStart,
    /// After the `#` of a comment above the first record.
    CommentStart,
    Cell,
    Quoted,
    /// After a cell, until it is known whether another follows.
    Blanks,
    /// A comment below the first record.
    Skipped,
}

/// The text with each run of blanks between two cells as one tab, and none at
/// the ends of a line. Lines that start with `#` or `%` below the first record
/// are left empty, so that lines keep their numbers; above it they start with `#`.
pub(super) struct Spaced<R> {
    inner: R,
    place: Place,
    seen_record: bool,
    ready: Vec<u8>,
    given: usize,
}

impl<R: Read> Spaced<R> {
    pub fn new(inner: R) -> Spaced<R> {
        Spaced {
            inner,
            place: Place::LineStart,
            seen_record: false,
            ready: Vec::new(),
            given: 0,
        }
    }

    fn take(&mut self, byte: u8) {
        let is_blank = byte == b' ' || byte == b'\t';
        self.place = match (self.place, byte) {
            (_, b'\n' | b'\r') => {
                self.ready.push(byte);
                Place::LineStart
            }
            (Place::Skipped, _) => Place::Skipped,
            (Place::LineStart | Place::CommentStart | Place::Blanks, _) if is_blank => self.place,
            (Place::Cell, _) if is_blank => Place::Blanks,
            (Place::LineStart, b'#' | b'%') if self.seen_record => Place::Skipped,
            (Place::LineStart, b'#' | b'%') => {
                self.ready.push(b'#');
                Place::CommentStart
            }
            (Place::Quoted, b'"') => {
                self.ready.push(byte);
                Place::Cell
            }
            (Place::Quoted, _) => {
                self.ready.push(byte);
                Place::Quoted
            }
            (Place::LineStart | Place::CommentStart | Place::Cell | Place::Blanks, _) => {
                if self.place == Place::Blanks {
                    self.ready.push(b'\t');
                }
                self.seen_record |= self.place == Place::LineStart;
                self.ready.push(byte);
                let opens = byte == b'"' && self.place != Place::Cell;
                if opens {
                    Place::Quoted
                } else {
                    Place::Cell
                }
            }
        };
    }
}

impl<R: Read> Read for Spaced<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            self.ready.clear();
            self.given = 0;
            let mut chunk = vec![0; CHUNK];
            // A chunk of blanks alone gives nothing, and is not the end.
            while self.ready.is_empty() {
                let count = self.inner.read(&mut chunk)?;
                if count == 0 {
                    return Ok(0);
                }
                for &byte in &chunk[..count] {
                    self.take(byte);
                }
            }
        }
        let count = into.len().min(self.ready.len() - self.given);
        into[..count].copy_from_slice(&self.ready[self.given..self.given + count]);
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spaced(text: &str) -> String {
        let mut out = String::new();
        Spaced::new(text.as_bytes()).read_to_string(&mut out).unwrap();
        out
    }

    #[test]
    fn runs_of_blanks_are_one_separator() {
        for (text, expected) in [
            ("  a   b\t c  \n 1 2  3\r\n", "a\tb\tc\n1\t2\t3\r\n"),
            (
                "% made by hand\n#  a b\n1 2\n# later\n3 4",
                "#made\tby\thand\n#a\tb\n1\t2\n\n3\t4",
            ),
            ("\"a b\"  c\n1 2\n", "\"a b\"\tc\n1\t2\n"),
            ("5\" 6\n7 8\n", "5\"\t6\n7\t8\n"),
            ("", ""),
        ] {
            assert_eq!(spaced(text), expected, "{text:?}");
        }
        let wide = format!("1{}2\n", " ".repeat(3 * CHUNK));
        assert_eq!(spaced(&wide), "1\t2\n");
    }
}
