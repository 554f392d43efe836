//! Uniform and normal numbers from a stream, by inversion: for resampling, moves and searches, whose number of draws is not
//! known beforehand.

use rand_core::Rng;

use super::philox::Stream;
use super::sample::{normal_quantile, unit53};

/// Numbers from one stream, in order.
#[derive(Clone, Debug)]
pub(crate) struct Numbers(Stream);

impl Numbers {
    /// The numbers of a stream.
    pub(crate) const fn new(stream: Stream) -> Self {
        Self(stream)
    }

    /// Uniform on the open interval (0, 1), 53 bits.
    pub(crate) fn unit(&mut self) -> f64 {
        let (high, low) = (self.0.next_u32(), self.0.next_u32());
        unit53(high, low)
    }

    /// Standard normal.
    pub(crate) fn normal(&mut self) -> f64 {
        normal_quantile(self.unit())
    }

    /// One of 0 to `count - 1`, each as likely; 0 when `count` is 0.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        ((self.unit() * count as f64) as usize).min(count.saturating_sub(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Dice, Process};

    #[test]
    fn numbers_have_their_moments_and_repeat() {
        let new = || Numbers::new(Dice::new(3, 0).stream(1, 2, Process::LearnMove));
        let mut numbers = new();
        let sample: Vec<f64> = (0..4000).map(|_| numbers.normal()).collect();
        let mean = sample.iter().sum::<f64>() / 4000.0;
        let square = sample.iter().map(|value| value * value).sum::<f64>() / 4000.0;
        assert!(mean.abs() < 4.0 / 4000f64.sqrt() && (square - 1.0).abs() < 4.0 * (2.0 / 4000f64).sqrt());
        assert_eq!(new().unit(), new().unit());
        assert!((0..1000).all(|_| numbers.below(7) < 7));
    }
}
