//! The weights that `judging/training/export.py` wrote, in the safetensors format: the length of a header, the header, which is JSON, and the
//! numbers. Matrices are stored in 8 bits, with a scale for each row.

use ndarray::{Array1, Array2, ArrayViewMut1};
use serde_json::Value;

const CORRUPT: &str = "the weights in the program are as export.py writes them";

pub(super) struct Weights {
    header: Value,
    numbers: &'static [u8],
}

impl Weights {
    pub(super) fn embedded() -> Self {
        // Not a static: that would put the bytes into the crate's metadata too, which every dependent crate reads.
        let file: &[u8] = include_bytes!("../../data/verifier/verifier.safetensors");
        let (length, rest) = file.split_first_chunk().expect(CORRUPT);
        let length = usize::try_from(u64::from_le_bytes(*length)).expect(CORRUPT);
        let (header, numbers) = rest.split_at(length);
        Self { header: serde_json::from_slice(header).expect(CORRUPT), numbers }
    }

    pub(super) fn vector(&self, name: &str) -> Array1<f32> {
        let numbers = self.bytes(name, "F32").as_chunks().0;
        numbers.iter().map(|number| f32::from_le_bytes(*number)).collect()
    }

    pub(super) fn matrix(&self, name: &str) -> Array2<f32> {
        let shape: (usize, usize) = self.get(name, "shape");
        self.vector(name).into_shape_with_order(shape).expect(CORRUPT)
    }

    pub(super) fn rows(&self, name: &str) -> Rows {
        Rows { stored: self.bytes(&format!("{name}.weight"), "U8"), scales: self.vector(&format!("{name}.scale")) }
    }

    fn bytes(&self, name: &str, kind: &str) -> &'static [u8] {
        assert_eq!(self.header[name]["dtype"], kind, "{name}");
        let (start, end): (usize, usize) = self.get(name, "data_offsets");
        &self.numbers[start..end]
    }

    fn get<T: serde::de::DeserializeOwned>(&self, name: &str, what: &str) -> T {
        T::deserialize(&self.header[name][what]).expect(CORRUPT)
    }
}

/// A matrix in 8 bits, in the program itself.
pub(super) struct Rows {
    /// Each number is a value plus 128.
    stored: &'static [u8],
    scales: Array1<f32>,
}

impl Rows {
    pub(super) fn read(&self, number: usize, row: &mut ArrayViewMut1<f32>) {
        let width = row.len();
        let scale = self.scales[number];
        for (value, stored) in row.iter_mut().zip(&self.stored[number * width..]) {
            *value = scale * (f32::from(*stored) - 128.0);
        }
    }

    pub(super) fn to_matrix(&self) -> Array2<f32> {
        let height = self.scales.len();
        let mut matrix = Array2::zeros((height, self.stored.len() / height));
        for (number, mut row) in matrix.rows_mut().into_iter().enumerate() {
            self.read(number, &mut row);
        }
        matrix
    }
}
