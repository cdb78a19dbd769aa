//! An orderly end: whoever works in the background finishes the batch that it holds, which gives its lease back, and takes
//! no other. What is left is there for the next process at once, instead of when a lease runs out.

use crate::Rollcall;

impl Rollcall {
    /// Says that the process ends. Requests are still answered; jobs and the outbox are left to other processes.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Whether the process was told to end.
    pub fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }

    /// Waits until the process is told to end.
    pub async fn stopping(&self) {
        // The sender is this very value's, so it outlives the waiting.
        let _ = self.stopping.subscribe().wait_for(|stopping| *stopping).await;
    }
}
