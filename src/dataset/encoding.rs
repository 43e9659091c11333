//! Text in other encodings than UTF-8: what spreadsheets save as "Unicode text"
//! is UTF-16, and what they save as CSV is often Windows-1252.

use std::io::{self, Cursor, Read};
use std::str;

use encoding_rs_io::DecodeReaderBytesBuilder;

/// How much of a text tells its encoding.
const SNIFFED: u64 = 64 << 10;

/// How a text is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    /// With a byte order mark.
    Utf16,
    /// What is neither, and has no zero bytes.
    Windows1252,
}

impl Encoding {
    fn sniff(head: &[u8]) -> Encoding {
        let is_broken = |head| str::from_utf8(head).is_err_and(|error| error.error_len().is_some());
        match head {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Encoding::Utf16,
            head if !head.contains(&0) && is_broken(head) => Encoding::Windows1252,
            _ => Encoding::Utf8,
        }
    }

    /// What to call it where that is worth a word.
    pub fn name(self) -> Option<&'static str> {
        match self {
            Encoding::Utf8 => None,
            Encoding::Utf16 => Some("UTF-16"),
            Encoding::Windows1252 => Some("Windows-1252, as it is not UTF-8"),
        }
    }

    /// The text in UTF-8.
    pub fn decoded(self, bytes: Box<dyn Read + Send>) -> Box<dyn Read + Send> {
        let label = match self {
            Encoding::Utf8 => return bytes,
            // Told by its byte order mark.
            Encoding::Utf16 => None,
            Encoding::Windows1252 => Some(encoding_rs::WINDOWS_1252),
        };
        Box::new(DecodeReaderBytesBuilder::new().encoding(label).build(bytes))
    }
}

/// The encoding of the bytes, and all of them.
pub(super) fn of(mut bytes: Box<dyn Read + Send>) -> io::Result<(Encoding, Box<dyn Read + Send>)> {
    let mut head = Vec::new();
    bytes.by_ref().take(SNIFFED).read_to_end(&mut head)?;
    let encoding = Encoding::sniff(&head);
    Ok((encoding, Box::new(Cursor::new(head).chain(bytes))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> (Encoding, String) {
        let (encoding, bytes) = of(Box::new(Cursor::new(bytes.to_vec()))).unwrap();
        let mut text = String::new();
        encoding.decoded(bytes).read_to_string(&mut text).unwrap();
        (encoding, text)
    }

    #[test]
    fn each_encoding_is_told_and_read() {
        let words = "Größe;µ";
        let utf16 = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
            mark.into_iter()
                .chain(words.encode_utf16().flat_map(bytes))
                .collect()
        };
        assert_eq!(read(words.as_bytes()), (Encoding::Utf8, words.into()));
        let little = utf16([0xff, 0xfe], u16::to_le_bytes);
        assert_eq!(read(&little), (Encoding::Utf16, words.into()));
        let big = utf16([0xfe, 0xff], u16::to_be_bytes);
        assert_eq!(read(&big), (Encoding::Utf16, words.into()));
        let windows = b"Gr\xf6\xdfe;\xb5";
        assert_eq!(read(windows), (Encoding::Windows1252, words.into()));
        assert_eq!(read(b"").0, Encoding::Utf8);
    }

    #[test]
    fn a_letter_cut_at_the_end_is_no_other_encoding() {
        let mut text = vec![b'a'; SNIFFED as usize - 1];
        text.extend("ö".as_bytes());
        assert_eq!(read(&text).0, Encoding::Utf8);
    }
}
