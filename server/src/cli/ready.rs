//! `rollcall ready`: what a container's health check asks, where no other program is that could.

use anyhow::{Context as _, ensure};
use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::config::Config;

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Asks `/readyz` of the server on this machine.
///
/// # Errors
/// That it cannot be reached, or what it said instead.
pub async fn ask(config: &Config) -> anyhow::Result<()> {
    let mut at = config.listen_on();
    // One that listens at all addresses is asked at its own.
    match at.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => at.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => at.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    let answer = timeout(PATIENCE, async {
        let mut server = TcpStream::connect(at).await?;
        server.write_all(format!("GET /readyz HTTP/1.0\r\nHost: {at}\r\n\r\n").as_bytes()).await?;
        let mut answer = String::new();
        server.take(4_096).read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer)
    })
    .await
    .with_context(|| format!("the server at {at} does not answer"))?
    .with_context(|| format!("no server can be reached at {at}"))?;
    let status = answer.split_whitespace().nth(1);
    let said = answer.rsplit_once("\r\n\r\n").map_or("", |(_, body)| body.trim());
    ensure!(status == Some("200"), "the server at {at} is not ready: {said}");
    println!("ready");
    Ok(())
}
