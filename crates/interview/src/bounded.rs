//! Whole numbers within bounds.

/// The number is out of the bounds of its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OutOfBounds(pub(crate) &'static str);

/// Declares a whole number within bounds, with the name of its getter and what is said of a number that is out of them.
macro_rules! bounded {
    ($(#[$attribute:meta])* $name:ident($number:ty).$get:ident, $bounds:expr, $message:literal) => {
        $(#[$attribute])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name($number);

        impl $name {
            /// The number.
            pub fn $get(self) -> $number {
                self.0
            }
        }

        impl TryFrom<$number> for $name {
            type Error = crate::bounded::OutOfBounds;

            fn try_from(number: $number) -> Result<Self, Self::Error> {
                if $bounds.contains(&number) { Ok(Self(number)) } else { Err(crate::bounded::OutOfBounds($message)) }
            }
        }

        impl From<$name> for $number {
            fn from(bounded: $name) -> Self {
                bounded.0
            }
        }
    };
}
pub(crate) use bounded;
