//! The server: configuration, command line, HTTP, mail. A library beside the binary, so that tests build the same
//! application that runs.
#![recursion_limit = "512"]

pub mod cli;
pub mod config;
mod disk;
pub mod dns;
mod doctor;
pub mod http;
pub mod mail;
pub mod runtime;
pub mod telemetry;
