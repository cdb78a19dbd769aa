//! The binary as a process: killed, told to stop, and asked from the command line.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod backup;
mod bulk;
mod bundle;
mod cli;
mod cost;
mod disk;
mod import;
mod kill;
mod process;
