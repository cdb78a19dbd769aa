//! Keeps what Leptos holds for one request apart from what it holds for others.
//!
//! Leptos finds its reactive values by two variables of the thread: the current owner and its arena. It sets both where it
//! polls its own futures, but not everywhere: the page's title is read, and views are given to their parent, by whatever
//! stands there. On a runtime of several threads that is, sooner or later, another request's: values are gone, which is a
//! panic, or are those of somebody else's page. So every poll happens here, with the request's own owner set.

use leptos::{prelude::Owner, reactive::computed::ScopedFuture};
use std::{
    future::poll_fn,
    pin::pin,
    sync::{Arc, OnceLock},
};

/// The owner that Leptos makes for a page, as soon as it is known.
#[derive(Clone, Default)]
pub(super) struct Root(Arc<OnceLock<Owner>>);

impl Root {
    /// Keeps the current owner; called from the page's additional context.
    pub(super) fn keep(&self) {
        if let Some(owner) = Owner::current() {
            let _ = self.0.set(owner);
        }
    }
}

/// Renders a page, with its owner set whenever it is polled.
pub(super) async fn rendered_by<T>(root: Root, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    poll_fn(|cx| match root.0.get() {
        Some(owner) => owner.with(|| work.as_mut().poll(cx)),
        None => work.as_mut().poll(cx),
    })
    .await
}

/// Runs a server function under an owner of its own.
pub(super) async fn alone<T>(work: impl Future<Output = T>) -> T {
    let owner = Owner::new_root(None);
    let done = owner.with(|| ScopedFuture::new(work)).await;
    owner.unset_with_forced_cleanup();
    done
}
