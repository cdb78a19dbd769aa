//! The binary as a process: killed, told to stop, and asked from the command line.

mod cli;
mod kill;
mod process;
