//! `rollcall partner`: what partner organizations have earned and were paid.

use anyhow::Context as _;
use clap::{Args, Subcommand};
use model::{
    partner::{RecordKind, RowText},
    text::counted,
};
use service::{PartnerError, Rollcall};
use std::{
    fs,
    io::{self, BufWriter},
    path::PathBuf,
};

/// So many wrong lines of a file are told at a time.
const TOLD: usize = 50;

/// What can be done about partners.
#[derive(Debug, Subcommand)]
pub enum PartnerCommand {
    /// What a partner organization has earned
    Commission {
        /// What to do
        #[command(subcommand)]
        command: RecordCommand,
    },
    /// What was paid to a partner organization
    Payout {
        /// What to do
        #[command(subcommand)]
        command: RecordCommand,
    },
    /// Enter the commissions and payouts of a CSV file, all of them or none; the same file again enters nothing twice
    Import {
        /// Slug of the partner organization
        #[arg(long)]
        org: String,
        /// The file; its first line names the columns kind,date,amount,currency,customer,reference
        file: PathBuf,
    },
    /// Write all commissions and payouts as such a file
    List {
        /// Slug of the partner organization
        #[arg(long)]
        org: String,
    },
}

/// What can be done with commissions and payouts.
#[derive(Debug, Subcommand)]
pub enum RecordCommand {
    /// Enter one
    Add(RecordArgs),
}

/// A commission or payout.
#[derive(Debug, Args)]
pub struct RecordArgs {
    /// Slug of the partner organization
    #[arg(long)]
    org: String,
    /// How much, such as 1234.50; with a minus it corrects an earlier one
    #[arg(long, allow_hyphen_values = true)]
    amount: String,
    /// The currency by its three letters (ISO 4217), such as EUR
    #[arg(long)]
    currency: String,
    /// The day, such as 2026-11-30
    #[arg(long)]
    date: String,
    /// What tells it from others, such as the number of an invoice; nothing is entered twice under one
    #[arg(long)]
    reference: String,
    /// Slug of the customer by whom, one that the partner has referred
    #[arg(long, default_value = "", hide_default_value = true)]
    customer: String,
}

/// Does what the command line says.
///
/// # Errors
/// What went wrong, in words for the operator.
pub async fn run(app: &Rollcall, command: PartnerCommand) -> anyhow::Result<()> {
    match command {
        PartnerCommand::Commission { command: RecordCommand::Add(args) } => {
            add(app, RecordKind::Commission, args).await
        }
        PartnerCommand::Payout { command: RecordCommand::Add(args) } => add(app, RecordKind::Payout, args).await,
        PartnerCommand::Import { org, file } => {
            let bytes = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
            let done = app.import_partner_records(&org, &bytes).await.inspect_err(tell_lines)?;
            println!("{} are entered for {org}.", done.in_words());
            if done.known > 0 {
                println!("{} entered before.", counted(done.known, "line was", "lines were"));
            }
            Ok(())
        }
        PartnerCommand::List { org } => {
            app.list_partner_records(&org, BufWriter::new(io::stdout().lock())).await?;
            Ok(())
        }
    }
}

async fn add(app: &Rollcall, kind: RecordKind, args: RecordArgs) -> anyhow::Result<()> {
    let RecordArgs { org, amount, currency, date, reference, customer } = &args;
    let text = RowText { kind: kind.code(), date, amount, currency, customer, reference };
    let done = app.enter_partner_record(org, text).await?;
    let what = kind.code();
    if done.known > 0 {
        println!("The {what} {reference} was entered for {org} before.");
    } else {
        println!("The {what} {reference} is entered for {org}.");
    }
    Ok(())
}

/// Tells each line of a file that is wrong, in front of the error.
fn tell_lines(error: &PartnerError) {
    let PartnerError::WrongRows(rows) = error else { return };
    for row in rows.iter().take(TOLD) {
        eprintln!("line {}: {}", row.line, row.why);
    }
    if let Some(more) = rows.len().checked_sub(TOLD).filter(|more| *more > 0) {
        eprintln!("and {} more", counted(more as u64, "line", "lines"));
    }
}
