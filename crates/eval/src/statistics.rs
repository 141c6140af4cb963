//! The arithmetic of agreement: textbook formulas over plain numbers.

use std::ops::AddAssign;

use serde::Serialize;

/// Pearson's product-moment correlation, −1 to 1; none for fewer than two pairs, or when one series does not vary.
pub(crate) fn pearson(pairs: &[(f64, f64)]) -> Option<f64> {
    let count = pairs.len() as f64;
    let mean_x = pairs.iter().map(|(x, _)| x).sum::<f64>() / count;
    let mean_y = pairs.iter().map(|(_, y)| y).sum::<f64>() / count;
    let (mut xy, mut xx, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in pairs {
        xy += (x - mean_x) * (y - mean_y);
        xx += (x - mean_x).powi(2);
        yy += (y - mean_y).powi(2);
    }
    (pairs.len() >= 2 && xx > 0.0 && yy > 0.0).then(|| xy / (xx * yy).sqrt())
}

/// Spearman's rank correlation: Pearson's of the ranks, equal values sharing the mean of their ranks.
pub(crate) fn spearman(pairs: &[(f64, f64)]) -> Option<f64> {
    let x = ranks(&pairs.iter().map(|(x, _)| *x).collect::<Vec<_>>());
    let y = ranks(&pairs.iter().map(|(_, y)| *y).collect::<Vec<_>>());
    pearson(&x.into_iter().zip(y).collect::<Vec<_>>())
}

/// The root of the mean squared difference; none without pairs.
pub(crate) fn root_mean_square_error(pairs: &[(f64, f64)]) -> Option<f64> {
    let sum: f64 = pairs.iter().map(|(x, y)| (x - y).powi(2)).sum();
    (!pairs.is_empty()).then(|| (sum / pairs.len() as f64).sqrt())
}

/// The rank of each value, counted from 1.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|one, other| values[*one].total_cmp(&values[*other]));
    let mut ranks = vec![0.0; values.len()];
    let mut first = 0;
    for equal in order.chunk_by(|one, other| values[*one] == values[*other]) {
        let mean = first as f64 + (equal.len() as f64 + 1.0) / 2.0;
        equal.iter().for_each(|index| ranks[*index] = mean);
        first += equal.len();
    }
    ranks
}

/// A rising curve through pairs of numbers: isotonic regression by pooling adjacent violators (Ayer and others 1955), with straight
/// lines between the fitted points.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MonotoneFit {
    /// Fitted points with rising x and never falling y; at least one.
    points: Vec<(f64, f64)>,
}

/// Neighbouring points that share a value because they would fall otherwise.
struct Pool {
    xs: Vec<f64>,
    sum: f64,
    count: f64,
}

impl Pool {
    fn mean(&self) -> f64 {
        self.sum / self.count
    }
}

impl MonotoneFit {
    /// The fit to `pairs`; none without pairs.
    pub fn of(pairs: &[(f64, f64)]) -> Option<Self> {
        let mut sorted = pairs.to_vec();
        sorted.sort_by(|one, other| one.0.total_cmp(&other.0));
        let mut pools: Vec<Pool> = Vec::new();
        for same_x in sorted.chunk_by(|one, other| one.0 == other.0) {
            let sum = same_x.iter().map(|(_, y)| y).sum();
            let mut pool = Pool { xs: vec![same_x[0].0], sum, count: same_x.len() as f64 };
            while let Some(before) = pools.pop_if(|before| before.mean() >= pool.mean()) {
                pool.xs.splice(0..0, before.xs);
                pool.sum += before.sum;
                pool.count += before.count;
            }
            pools.push(pool);
        }
        let points: Vec<(f64, f64)> = pools.iter().flat_map(|pool| pool.xs.iter().map(|x| (*x, pool.mean()))).collect();
        (!points.is_empty()).then_some(Self { points })
    }

    /// The curve's value at `x`; beyond its ends, that of the nearer end.
    pub fn at(&self, x: f64) -> f64 {
        let after = self.points.partition_point(|(point, _)| *point < x);
        match (after.checked_sub(1).map(|before| self.points[before]), self.points.get(after)) {
            (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * (x - x0) / (x1 - x0),
            (Some((_, end)), None) => end,
            (None, Some((_, end))) => *end,
            (None, None) => f64::NAN,
        }
    }
}

/// Cohen's kappa with quadratic weights (Cohen 1968) over categories `0..categories`: 1 full agreement, 0 chance. None without pairs, or
/// when both sides always name the same single category.
pub(crate) fn quadratic_weighted_kappa(pairs: &[(usize, usize)], categories: usize) -> Option<f64> {
    let count = pairs.len() as f64;
    let share = |side: fn(&(usize, usize)) -> usize, category| {
        pairs.iter().filter(|pair| side(pair) == category).count() as f64 / count
    };
    let weight = |one: usize, other: usize| (one.abs_diff(other) as f64).powi(2);
    let observed: f64 = pairs.iter().map(|(one, other)| weight(*one, *other)).sum::<f64>() / count;
    let by_chance: f64 = (0..categories)
        .flat_map(|one| (0..categories).map(move |other| (one, other)))
        .map(|(one, other)| weight(one, other) * share(|pair| pair.0, one) * share(|pair| pair.1, other))
        .sum();
    (!pairs.is_empty() && by_chance > 0.0).then(|| 1.0 - observed / by_chance)
}

/// A share of cases with its 95 % confidence interval (Wilson 1927). Cases of one group are not independent, so the true
/// interval is somewhat wider.
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
    /// The share of these cases that hold.
    pub(crate) fn counted(holding: u64, of: u64) -> Option<Self> {
        Cases { sum: holding as f64, of: of as usize }.share()
    }

    /// The share of the cases that hold.
    pub(crate) fn holding(cases: impl IntoIterator<Item = bool>) -> Option<Self> {
        let mut counted = Cases::default();
        cases.into_iter().for_each(|holds| counted.add(f64::from(holds)));
        counted.share()
    }
}

/// Cases and the sum of their values: what a [`Share`] is computed from.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Cases {
    pub sum: f64,
    pub of: usize,
}

impl Cases {
    /// Counts a case: 1 for what holds, 0 for what does not, 0.5 for a tie.
    pub fn add(&mut self, value: f64) {
        *self += Self { sum: value, of: 1 };
    }

    pub fn share(self) -> Option<Share> {
        let Self { sum, of } = self;
        if of == 0 {
            return None;
        }
        let count = of as f64;
        let share = sum / count;
        let scale = 1.0 + Z * Z / count;
        let centre = (share + Z * Z / (2.0 * count)) / scale;
        let half = Z / scale * (share * (1.0 - share) / count + Z * Z / (4.0 * count * count)).sqrt();
        Some(Share { share, low: (centre - half).max(0.0), high: (centre + half).min(1.0), of })
    }
}

impl AddAssign for Cases {
    fn add_assign(&mut self, other: Self) {
        self.sum += other.sum;
        self.of += other.of;
    }
}

#[cfg(test)]
mod tests;
