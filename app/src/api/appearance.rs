//! How the console looks to one person.
#![cfg_attr(
    feature = "ssr",
    expect(clippy::unused_async, reason = "server functions are async, whether they wait or not")
)]

use leptos::prelude::*;

use crate::{problem::Problem, reply::Reply, theme::Theme};

/// Keeps the choice of light, dark or system.
#[server(prefix = "/api", endpoint = "appearance/theme")]
pub async fn set_theme(theme: Theme) -> Result<Reply, Problem> {
    crate::ssr::context()?.keep_theme(theme);
    Ok(Reply { toast: None, next: None, fresh: false, data: None })
}
