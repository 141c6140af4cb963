//! The rising curve that fits best, so that a judge is not blamed for another scale than people's.

/// A rising curve through pairs of numbers: isotonic regression by pooling adjacent violators (Ayer and others 1955), with straight
/// lines between the fitted points.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::eval) struct MonotoneFit {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_falls_is_pooled_and_what_rises_is_kept() {
        let fit = MonotoneFit::of(&[(1.0, 1.0), (2.0, 3.0), (3.0, 2.0), (4.0, 4.0)]).unwrap();
        assert_eq!(fit.points, [(1.0, 1.0), (2.0, 2.5), (3.0, 2.5), (4.0, 4.0)]);
    }

    #[test]
    fn pools_grow_backwards_by_weight_and_equal_x_are_one_point() {
        let fit = MonotoneFit::of(&[(1.0, 6.0), (1.0, 4.0), (2.0, 4.0), (3.0, 0.0)]).unwrap();
        assert_eq!(fit.points, [(1.0, 3.5), (2.0, 3.5), (3.0, 3.5)]);
    }

    #[test]
    fn between_points_the_line_is_straight_and_beyond_them_it_is_flat() {
        let fit = MonotoneFit::of(&[(0.0, 0.0), (10.0, 5.0)]).unwrap();
        assert_eq!([fit.at(-1.0), fit.at(0.0), fit.at(4.0), fit.at(10.0), fit.at(99.0)], [0.0, 0.0, 2.0, 5.0, 5.0]);
        assert_eq!(MonotoneFit::of(&[]), None);
    }
}
