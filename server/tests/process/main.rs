//! The binary as a process: killed, told to stop, and asked from the command line.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod bulk;
mod bundle;
mod cli;
mod cost;
mod emulator;
mod import;
mod kill;
mod lambda;
mod process;
mod tick;
