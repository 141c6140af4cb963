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
    let mut cases = Cases::default();
    [1.0, 0.5, 0.0, 0.5].into_iter().for_each(|case| cases.add(case));
    let share = cases.share().unwrap();
    assert_eq!((share.share, share.of), (0.5, 4));
    assert_eq!(Cases::default().share(), None);
}
