//! When a run must end early: the time limit or an interrupt.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Asked by every long loop between steps; cheap to clone and share.
#[derive(Debug, Clone, Default)]
pub struct StopSignal {
    deadline: Option<Instant>,
    interrupted: Arc<AtomicBool>,
}

impl StopSignal {
    /// Never stops by itself.
    pub fn never() -> StopSignal {
        StopSignal::default()
    }

    /// Stops `limit` from now.
    pub fn after(limit: Duration) -> StopSignal {
        StopSignal {
            deadline: Instant::now().checked_add(limit),
            ..StopSignal::default()
        }
    }

    /// Asks every loop that holds a clone of this signal to end.
    pub fn interrupt(&self) {
        self.interrupted.store(true, Ordering::Relaxed);
    }

    /// Whether [`StopSignal::interrupt`] was called.
    pub fn is_interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed)
    }

    /// Whether the time limit has passed.
    pub fn is_past_deadline(&self) -> bool {
        self.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Whether to end now, for either reason.
    pub fn should_stop(&self) -> bool {
        self.is_interrupted() || self.is_past_deadline()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupt_reaches_every_clone() {
        let signal = StopSignal::never();
        let clone = signal.clone();
        assert!(!clone.should_stop());
        signal.interrupt();
        assert!(clone.should_stop() && clone.is_interrupted() && !clone.is_past_deadline());
    }

    #[test]
    fn the_deadline_stops_without_an_interrupt() {
        let signal = StopSignal::after(Duration::ZERO);
        assert!(signal.should_stop() && !signal.is_interrupted());
    }
}
