//! One chunk in one file: whose it is, which it is, the sums, and a checksum over everything.
//!
//! The file names the work (its key), the stage and the number, so a chunk that was copied or renamed
//! into another place is refused and not summed. The checksum finds what a disk or a network lost.

use sha2::{Digest, Sha256};

/// What a chunk begins with.
const MAGIC: &[u8; 14] = b"stapjes-chunk\n";
/// Version of the format; a file of another version is foreign.
const VERSION: u32 = 1;
/// Bytes of the SHA-256 at the end.
const CHECKSUM: usize = 32;

/// Why a file does not give its chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unusable {
    /// Cut short, changed, or not a chunk at all.
    Damaged,
    /// A chunk of another scenario or plan.
    Foreign,
}

/// What says which chunk it is: everything before the sums. Lengths stand before texts, so that no two
/// chunks have one head.
fn head(key: &str, stage: &str, chunk: u32) -> Vec<u8> {
    let mut head = MAGIC.to_vec();
    head.extend(VERSION.to_le_bytes());
    for part in [key.as_bytes(), stage.as_bytes()] {
        head.extend((part.len() as u32).to_le_bytes());
        head.extend(part);
    }
    head.extend(chunk.to_le_bytes());
    head
}

/// The bytes of the file: head, length and bytes of the sums, checksum.
pub(super) fn encode(key: &str, stage: &str, chunk: u32, sums: &[u8]) -> Vec<u8> {
    let mut bytes = head(key, stage, chunk);
    bytes.extend((sums.len() as u64).to_le_bytes());
    bytes.extend(sums);
    let checksum = Sha256::digest(&bytes);
    bytes.extend(checksum);
    bytes
}

/// The sums of a chunk.
///
/// # Errors
/// `Damaged` when the checksum or a length does not hold; `Foreign` when the file is whole but of other
/// work, another stage or another number.
pub(super) fn decode(bytes: &[u8], key: &str, stage: &str, chunk: u32) -> Result<Vec<u8>, Unusable> {
    let (content, checksum) =
        bytes.split_at_checked(bytes.len().saturating_sub(CHECKSUM)).ok_or(Unusable::Damaged)?;
    if Sha256::digest(content).as_slice() != checksum {
        return Err(Unusable::Damaged);
    }
    let head = head(key, stage, chunk);
    let rest = content.strip_prefix(head.as_slice()).ok_or(Unusable::Foreign)?;
    let (length, sums) = rest.split_first_chunk::<8>().ok_or(Unusable::Damaged)?;
    if u64::from_le_bytes(*length) != sums.len() as u64 {
        return Err(Unusable::Damaged);
    }
    Ok(sums.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flipped_bit_and_every_length_is_seen() {
        let bytes = encode("key", "run", 7, b"sums");
        assert_eq!(decode(&bytes, "key", "run", 7), Ok(b"sums".to_vec()));
        for at in 0..bytes.len() {
            assert_eq!(decode(&bytes[..at], "key", "run", 7), Err(Unusable::Damaged), "cut at {at}");
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[at] ^= 1 << bit;
                assert_eq!(decode(&flipped, "key", "run", 7), Err(Unusable::Damaged), "byte {at} bit {bit}");
            }
        }
    }

    #[test]
    fn a_chunk_of_another_plan_stage_or_place_is_foreign() {
        let bytes = encode("key", "run", 7, b"sums");
        for (key, stage, chunk) in [("other", "run", 7), ("key", "draws", 7), ("key", "run", 8)] {
            assert_eq!(decode(&bytes, key, stage, chunk), Err(Unusable::Foreign));
        }
    }
}
