//! The binary `rollcall`.
#![recursion_limit = "512"]

use clap::Parser as _;
use std::process::ExitCode;

/// A page is thousands of small pieces: musl's and glibc's allocators spend more on them, and give less of it back.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    let cli = server::cli::Cli::parse_from(server::cli::arguments());
    match server::cli::run(cli).await {
        Ok(code) => code,
        Err(error) => {
            eprintln!("rollcall: {error:#}");
            ExitCode::FAILURE
        }
    }
}
