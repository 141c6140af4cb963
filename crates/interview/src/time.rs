//! Time on an answer's own timeline: seconds since its recording began.

/// A point or length of time in seconds: finite and never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Seconds(f64);

impl Seconds {
    /// The beginning of the recording, or no time at all.
    pub const ZERO: Self = Self(0.0);

    /// A time of `seconds`; `None` when that is negative, infinite or not a number.
    pub fn new(seconds: f64) -> Option<Self> {
        (seconds.is_finite() && seconds >= 0.0).then_some(Self(seconds))
    }

    /// The time that `samples` take at `rate` samples a second.
    pub fn of_samples(samples: usize, rate: std::num::NonZeroU32) -> Self {
        Self(samples as f64 / f64::from(rate.get()))
    }

    /// The number of seconds.
    pub fn get(self) -> f64 {
        self.0
    }

    /// How long after `earlier` this is; zero when it is not after it.
    pub fn since(self, earlier: Self) -> Self {
        Self((self.0 - earlier.0).max(0.0))
    }

    /// The later of two times.
    pub fn max(self, other: Self) -> Self {
        Self(self.0.max(other.0))
    }

    /// The earlier of two times.
    pub fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }
}

impl std::ops::Add for Seconds {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self((self.0 + other.0).min(f64::MAX))
    }
}

impl TryFrom<f64> for Seconds {
    type Error = InvalidTime;

    fn try_from(seconds: f64) -> Result<Self, Self::Error> {
        Self::new(seconds).ok_or(InvalidTime(seconds))
    }
}

/// The number is no time: negative, infinite or not a number.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("{0} is not a time in seconds: it must be zero or more, and finite")]
pub struct InvalidTime(f64);

/// A stretch of time, from `start` to `end` on the original timeline. It never ends before it starts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    start: Seconds,
    end: Seconds,
}

impl Span {
    /// The stretch between two times, in either order.
    pub fn between(one: Seconds, other: Seconds) -> Self {
        Self { start: one.min(other), end: one.max(other) }
    }

    /// When it starts.
    pub fn start(self) -> Seconds {
        self.start
    }

    /// When it ends.
    pub fn end(self) -> Seconds {
        self.end
    }

    /// How long it is.
    pub fn length(self) -> Seconds {
        self.end.since(self.start)
    }

    /// The smallest stretch that holds both.
    pub fn hull(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }

    /// How much of the two stretches is the same time.
    pub fn overlap(self, other: Self) -> Seconds {
        self.end.min(other.end).since(self.start.max(other.start))
    }
}
