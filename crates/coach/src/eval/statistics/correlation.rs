//! How closely two series of numbers go together.

/// Pearson's product-moment correlation, −1 to 1; none for fewer than two pairs, or when one series does not vary.
pub(in crate::eval) fn pearson(pairs: &[(f64, f64)]) -> Option<f64> {
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
pub(in crate::eval) fn spearman(pairs: &[(f64, f64)]) -> Option<f64> {
    let x = ranks(&pairs.iter().map(|(x, _)| *x).collect::<Vec<_>>());
    let y = ranks(&pairs.iter().map(|(_, y)| *y).collect::<Vec<_>>());
    pearson(&x.into_iter().zip(y).collect::<Vec<_>>())
}

/// The root of the mean squared difference; none without pairs.
pub(in crate::eval) fn root_mean_square_error(pairs: &[(f64, f64)]) -> Option<f64> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn near(found: Option<f64>, expected: f64) {
        let found = found.unwrap();
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    #[test]
    fn pearson_as_computed_by_hand() {
        // Deviations (-1.5, -0.5, 0.5, 1.5) and (-1.25, 0.75, -0.25, 0.75): 2.5 / sqrt(5 × 2.75).
        near(pearson(&[(1.0, 1.0), (2.0, 3.0), (3.0, 2.0), (4.0, 3.0)]), 2.5 / (5.0_f64 * 2.75).sqrt());
        near(pearson(&[(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)]), 1.0);
        near(pearson(&[(1.0, 3.0), (2.0, 2.0), (3.0, 1.0)]), -1.0);
    }

    #[test]
    fn what_does_not_vary_correlates_with_nothing() {
        assert_eq!(pearson(&[(1.0, 1.0), (1.0, 2.0)]), None);
        assert_eq!(pearson(&[(1.0, 1.0)]), None);
        assert_eq!(pearson(&[]), None);
        assert_eq!(root_mean_square_error(&[]), None);
    }

    #[test]
    fn spearman_sees_order_alone_and_shares_ranks() {
        near(spearman(&[(1.0, 1.0), (2.0, 10.0), (3.0, 1000.0)]), 1.0);
        assert_eq!(ranks(&[5.0, 1.0, 5.0, 9.0]), [2.5, 1.0, 2.5, 4.0]);
        // Ranks (1, 2, 3) and (1.5, 1.5, 3): 1.5 / sqrt(2 × 1.5).
        near(spearman(&[(1.0, 4.0), (2.0, 4.0), (3.0, 9.0)]), 1.5 / 3.0_f64.sqrt());
    }

    #[test]
    fn the_error_as_computed_by_hand() {
        near(root_mean_square_error(&[(1.0, 4.0), (2.0, 6.0)]), 12.5_f64.sqrt());
    }
}
