//! Counts, and what they leave open.

/// So many of so many.
#[derive(Debug, Clone, Copy, Default)]
pub struct Share {
    pub of: usize,
    pub hits: usize,
}

impl Share {
    pub fn add(&mut self, hit: bool) {
        self.of += 1;
        self.hits += usize::from(hit);
    }

    /// The 95 % interval of the share (Wilson 1927).
    fn interval(self) -> (f64, f64) {
        const Z: f64 = 1.959_964;
        let (n, p) = (self.of as f64, self.hits as f64 / self.of as f64);
        let centre = p + Z * Z / (2.0 * n);
        let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + Z * Z / n;
        (
            ((centre - half) / scale).max(0.0),
            ((centre + half) / scale).min(1.0),
        )
    }
}

impl std::fmt::Display for Share {
    /// `47/50 94 % (84 to 98)`.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.of == 0 {
            return formatter.write_str("-");
        }
        let (low, high) = self.interval();
        write!(
            formatter,
            "{}/{} {:.1} % ({:.1} to {:.1})",
            self.hits,
            self.of,
            100.0 * self.hits as f64 / self.of as f64,
            100.0 * low,
            100.0 * high
        )
    }
}
