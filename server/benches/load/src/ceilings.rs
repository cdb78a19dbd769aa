//! What the machine does at best, measured in the same run: the smallest axum server, the query alone, the hash alone.

use argon2::{Algorithm, Argon2, Params, Version};
use axum::{Router, routing::get};
use model::{Timestamp, people::PeopleQuery};
use std::{net::SocketAddr, process::Stdio, time::Duration};
use store::{Db, DbOptions, organizations, people};

use crate::{
    client::Request,
    engine::Engine,
    load,
    process::{Server, free_address},
    settings::Settings,
    work::Work,
};

/// The argument that makes this program the smallest server.
pub(crate) const HELLO: &str = "hello";
const HELLO_ADDR: &str = "BENCH_HELLO_ADDR";
const GREETING: &str = "Hello, world!";

/// Rates a second.
#[derive(Debug, Clone)]
pub(crate) struct Ceilings {
    /// An axum handler that answers a constant, by connections.
    pub(crate) hello: Vec<load::Point>,
    /// The grid's query of 50 rows, in this process.
    pub(crate) query: f64,
    /// One argon2id hash after the other.
    pub(crate) hash: f64,
}

pub(crate) async fn serve_hello() -> anyhow::Result<()> {
    let addr: SocketAddr = std::env::var(HELLO_ADDR)?.parse()?;
    let listener = tokio::net::TcpListener::bind(addr).await?;
    axum::serve(listener, Router::new().route("/", get(async || GREETING))).await?;
    Ok(())
}

pub(crate) async fn measure(settings: &Settings, engine: &Engine) -> anyhow::Result<Ceilings> {
    eprintln!("{}: ceilings", engine.label);
    let addr = free_address()?;
    let mut command = settings.on_servers_processor(std::env::current_exe()?);
    command.arg(HELLO).env(HELLO_ADDR, addr.to_string()).stdout(Stdio::null());
    let server = Server::spawn(command, addr, "/").await?;
    let work = Work::hello(&Request::get(addr, "/"), GREETING);
    let mut hello = Vec::new();
    for &connections in &settings.connections {
        hello.extend(load::put(settings, &[(&server, &work)], connections).await?);
    }
    server.stop()?;
    Ok(Ceilings { hello, query: query(settings, engine).await?, hash: hash(settings) })
}

/// Pages of the store, one after the other.
async fn query(settings: &Settings, engine: &Engine) -> anyhow::Result<f64> {
    let db = Db::connect(&DbOptions::new(engine.url.clone())).await?;
    let mut conn = db.read().await?;
    let (org_id, ..) =
        organizations::of_slug_or_oldest(&mut conn, None).await?.ok_or_else(|| anyhow::anyhow!("no organization"))?;
    let now = Timestamp::from_millis(i64::MAX / 2);
    let (asked, words) = (PeopleQuery::default(), []);
    let sizes = people::sizes(&mut conn, &org_id, &asked, &words, now).await?;
    drop(conn);
    let mut n = 0_u32;
    let began = crate::now();
    while began.elapsed() < settings.duration {
        let mut conn = db.read().await?;
        let found = people::page(&mut conn, &org_id, &asked, &words, &sizes, now).await?;
        anyhow::ensure!(found.rows.len() == 50, "a page of {} rows", found.rows.len());
        n += 1;
    }
    let rate = rate(n, began.elapsed());
    db.close().await;
    Ok(rate)
}

/// With the parameters of the service: 19 MiB, two passes, one lane.
fn hash(settings: &Settings) -> f64 {
    let params = Params::new(19_456, 2, 1, None).expect("constant parameters are valid");
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut out = [0; 32];
    let mut n = 0_u32;
    let began = crate::now();
    while began.elapsed() < settings.duration {
        argon2.hash_password_into(b"correct horse battery staple", &[7; 16], &mut out).expect("hashes");
        n += 1;
    }
    rate(n, began.elapsed())
}

fn rate(n: u32, took: Duration) -> f64 {
    f64::from(n) / took.as_secs_f64()
}
