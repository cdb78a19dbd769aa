//! The binary as a process: killed, told to stop, and asked from the command line.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod backup;
mod bulk;
mod bundle;
mod cli;
mod cluster;
mod cost;
mod database;
mod disk;
mod drain;
mod emulator;
mod import;
mod interrupted;
mod kill;
mod lambda;
mod metrics;
mod post;
mod process;
mod replicas;
mod requests;
#[path = "../http/smtp_server.rs"]
#[expect(dead_code, reason = "the router's tests want more of it")]
mod smtp_server;
mod telemetry;
mod tick;
mod workers;
