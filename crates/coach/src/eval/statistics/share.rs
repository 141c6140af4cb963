//! A share of cases, and how sure one can be of it.

use serde::Serialize;

/// A share of cases with its 95 % confidence interval (Wilson 1927). Cases of one group hang together, so the true interval is
/// somewhat wider.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// The share, 0 to 1.
    pub share: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
    /// Of how many cases.
    pub of: usize,
}

/// The standard normal quantile of a two-sided 95 % interval.
const Z: f64 = 1.959_963_984_540_054;

impl Share {
    /// The share of the cases' values, 1 for what holds, 0 for what does not, 0.5 for a tie; none without cases.
    pub(in crate::eval) fn of(cases: impl IntoIterator<Item = f64>) -> Option<Self> {
        let (sum, of) = cases.into_iter().fold((0.0, 0), |(sum, of), case| (sum + case, of + 1));
        if of == 0 {
            return None;
        }
        let count = of as f64;
        let share = sum / count;
        let scale = 1.0 + Z * Z / count;
        let centre = (share + Z * Z / (2.0 * count)) / scale;
        let half = Z / scale * (share * (1.0 - share) / count + Z * Z / (4.0 * count * count)).sqrt();
        Some(Self { share, low: (centre - half).max(0.0), high: (centre + half).min(1.0), of })
    }

    /// The share of the cases that hold.
    pub(in crate::eval) fn holding(cases: impl IntoIterator<Item = bool>) -> Option<Self> {
        Self::of(cases.into_iter().map(|holds| if holds { 1.0 } else { 0.0 }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilsons_interval_as_published() {
        // Newcombe 1998, table I: 81 of 263 gives 0.2553 to 0.3662; 0 of 20 gives 0 to 0.1611.
        let share = Share::holding((0..263).map(|case| case < 81)).unwrap();
        assert!((share.low - 0.2553).abs() < 5e-5 && (share.high - 0.3662).abs() < 5e-5, "{share:?}");
        let none = Share::holding([false; 20]).unwrap();
        assert!(none.low == 0.0 && (none.high - 0.1611).abs() < 5e-5, "{none:?}");
    }

    #[test]
    fn a_tie_counts_half() {
        let share = Share::of([1.0, 0.5, 0.0, 0.5]).unwrap();
        assert_eq!((share.share, share.of), (0.5, 4));
        assert_eq!(Share::of([]), None);
    }
}
