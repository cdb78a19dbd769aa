//! Asking DNS, as far as a use case has to: the server knows how.

use std::{future::Future, pin::Pin};

/// The texts under a name, of which there may be none.
pub type LookingUp<'a> = Pin<Box<dyn Future<Output = Result<Vec<String>, NoAnswer>> + Send + 'a>>;

/// Nobody said in time what stands under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("DNS did not answer")]
pub struct NoAnswer;

/// Looks TXT records up.
pub trait Resolver: Send + Sync {
    /// The text of each record under a name.
    fn texts<'a>(&'a self, name: &'a str) -> LookingUp<'a>;
}
