//! What was worked out before, so that a file of what is shown needs no second calculation.
//!
//! Kept by hash of the scenario, so that nothing can be shown that belongs to another question. Few are
//! kept: results are large, and a page has one reader.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Most things that are kept: the two stages of the last few questions.
const MOST: usize = 6;

/// The last few results, by the hash of what they answer.
pub(super) struct Shelf<T>(Mutex<VecDeque<(String, Arc<T>)>>);

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Self(Mutex::new(VecDeque::new()))
    }
}

impl<T> Shelf<T> {
    /// What is kept under a hash.
    pub(super) fn get(&self, hash: &str) -> Option<Arc<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(name, _)| name == hash).map(|(_, found)| Arc::clone(found))
    }

    /// The latest that is as wanted; `None` when none is.
    pub(super) fn find(&self, wanted: impl Fn(&T) -> bool) -> Option<Arc<T>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().rev().find(|(_, found)| wanted(found)).map(|(_, found)| Arc::clone(found))
    }

    /// Keeps a result; the oldest goes when there are too many.
    pub(super) fn put(&self, hash: String, new: T) -> Arc<T> {
        let new = Arc::new(new);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= MOST {
            kept.pop_front();
        }
        kept.push_back((hash, Arc::clone(&new)));
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_few_are_kept() {
        let shelf = Shelf::default();
        for number in 0..=MOST {
            assert_eq!(*shelf.put(number.to_string(), number), number);
        }
        assert_eq!(shelf.get("0"), None);
        assert_eq!(shelf.get("1").as_deref(), Some(&1));
        assert_eq!(
            shelf.find(|number| number % 2 == 1).as_deref(),
            Some(&(MOST - 1 + MOST % 2)),
            "the latest odd one"
        );
    }
}
