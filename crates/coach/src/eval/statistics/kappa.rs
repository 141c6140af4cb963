//! Agreement on ordered categories, beyond chance.

/// Cohen's kappa with quadratic weights (Cohen 1968) over categories `0..categories`: 1 full agreement, 0 chance. None without pairs, or
/// when both sides always name the same single category.
pub(in crate::eval) fn quadratic_weighted_kappa(pairs: &[(usize, usize)], categories: usize) -> Option<f64> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kappa_as_computed_by_hand() {
        assert_eq!(quadratic_weighted_kappa(&[(0, 0), (1, 1), (2, 2)], 3), Some(1.0));
        // Observed (0 + 1 + 0 + 0) / 4 = 0.25. By chance, with shares (1/2, 1/2) and (1/4, 3/4): 1/2 × 3/4 + 1/2 × 1/4 = 0.5.
        assert_eq!(quadratic_weighted_kappa(&[(0, 0), (0, 1), (1, 1), (1, 1)], 2), Some(0.5));
        assert_eq!(quadratic_weighted_kappa(&[(0, 1), (1, 0)], 2), Some(-1.0));
    }

    #[test]
    fn without_anything_to_disagree_on_there_is_no_kappa() {
        assert_eq!(quadratic_weighted_kappa(&[], 4), None);
        assert_eq!(quadratic_weighted_kappa(&[(1, 1), (1, 1)], 4), None);
    }
}
