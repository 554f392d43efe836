//! From bytes to text: which letters a file was written in.
//!
//! A name with a letter that was read in the wrong encoding is another arm. So a mark decides, then the
//! zeros of UTF-16, then whether the bytes are valid UTF-8; the rest is what older Dutch systems save,
//! and that is told. A workbook or PDF is named as what it is instead of failing on its first line.

use super::TableProblem;
use crate::language::Text;
use crate::said;

/// How the text of a file was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, with or without its mark; plain ASCII too.
    #[default]
    Utf8,
    /// UTF-16 of either byte order, as "Unicode text" of spreadsheets.
    Utf16,
    /// Windows-1252 (and its subset Latin-1), as older Dutch systems save: taken when the bytes are not UTF-8.
    Windows1252,
}

impl Encoding {
    /// Its usual name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Windows1252 => "Windows-1252",
        }
    }
}

/// The text of a file, without its byte-order mark, and how it was written.
///
/// # Errors
/// A workbook or another binary file: what to save instead.
pub(super) fn decode(bytes: &[u8]) -> Result<(String, Encoding), TableProblem> {
    if let Some(kind) = not_text(bytes) {
        return Err(TableProblem::general(said!(
            "het bestand is {}, geen tabel met tekst: sla het blad op als CSV (in Excel: \
                 Bestand, Opslaan als, \"CSV UTF-8\") en analyseer dat",
            "the file is {}, not a table of text: save the sheet as CSV (in Excel: File, Save As, \"CSV UTF-8\") and analyze that",
            kind
        )));
    }
    let wide = match bytes {
        [0xFF, 0xFE, ..] => Some(encoding_rs::UTF_16LE),
        [0xFE, 0xFF, ..] => Some(encoding_rs::UTF_16BE),
        [_, 0, _, 0, ..] => Some(encoding_rs::UTF_16LE),
        [0, _, 0, _, ..] => Some(encoding_rs::UTF_16BE),
        _ => None,
    };
    if let Some(encoding) = wide {
        let (text, _, broken) = encoding.decode(bytes);
        return if broken {
            Err(TableProblem::general(said!(
                "het bestand begint als UTF-16 maar gaat niet zo verder: sla het op als CSV UTF-8",
                "the file begins as UTF-16 but does not go on as such: save it as CSV UTF-8"
            )))
        } else {
            Ok((text.into_owned(), Encoding::Utf16))
        };
    }
    let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let decoded = match std::str::from_utf8(plain) {
        Ok(text) => (text.to_owned(), Encoding::Utf8),
        Err(_) => (encoding_rs::WINDOWS_1252.decode(plain).0.into_owned(), Encoding::Windows1252),
    };
    match decoded.0.contains('\0') {
        true => Err(TableProblem::general(said!(
            "het bestand bevat bytes die geen tekst heeft: sla het op als CSV UTF-8",
            "the file holds bytes that no text has: save it as CSV UTF-8"
        ))),
        false => Ok(decoded),
    }
}

/// What a file is that is no text, by its first bytes; `None` for what may be text.
fn not_text(bytes: &[u8]) -> Option<Text> {
    match bytes {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => {
            Some(Text::new("een werkmap of een ander zipbestand", "a workbook or another zip file"))
        }
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Some(Text::new("een oude werkmap (xls)", "an old workbook (xls)")),
        [b'P', b'A', b'R', b'1', ..] => Some(Text::new("een Parquet-bestand", "a Parquet file")),
        [b'%', b'P', b'D', b'F', ..] => Some(Text::new("een PDF", "a PDF")),
        [0x1F, 0x8B, ..] => Some(Text::new("een gzip-bestand", "a gzip file")),
        [b'$', b'F', b'L', b'2', ..] => Some(Text::new("een SPSS-bestand", "an SPSS file")),
        _ => markup(bytes),
    }
}

/// Text that is no table, by its first visible characters.
fn markup(bytes: &[u8]) -> Option<Text> {
    let plain = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let begins =
        |text: &str| plain.len() >= text.len() && plain[..text.len()].eq_ignore_ascii_case(text.as_bytes());
    if ["<!doctype", "<html", "<table", "<?xml"].iter().any(|text| begins(text)) {
        Some(Text::new("een webpagina of XML", "a web page or XML"))
    } else if plain.starts_with(b"{") || plain.starts_with(b"[{") {
        Some(Text::new("JSON", "JSON"))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_dutch_offices_save() {
        let read = |bytes: &[u8]| decode(bytes).unwrap();
        assert_eq!(read("\u{feff}é".as_bytes()), ("é".into(), Encoding::Utf8));
        assert_eq!(read(b"be\xebindigd \x80"), ("beëindigd €".into(), Encoding::Windows1252));
        let wide: Vec<u8> = "\u{feff}aé".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&wide), ("aé".into(), Encoding::Utf16));
        let bare: Vec<u8> = "tijd".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(read(&bare), ("tijd".into(), Encoding::Utf16));
        assert!(decode(b"PK\x03\x04rest").unwrap_err().message.english().contains("save the sheet as CSV"));
        assert!(decode(b"a\0b,c").is_err());
        for (bytes, kind) in [("{\"a\": 1}", "JSON"), (" <HTML><body>", "web page")] {
            assert!(decode(bytes.as_bytes()).unwrap_err().message.english().contains(kind));
        }
    }
}
