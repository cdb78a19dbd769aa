//! An HTTP/1.1 client that costs next to nothing, so that what is measured is the server.

use anyhow::Context as _;
use std::{fmt::Write as _, net::SocketAddr};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// One connection, kept alive.
#[derive(Debug)]
pub(crate) struct Client {
    stream: TcpStream,
    read: Vec<u8>,
    body: Vec<u8>,
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    /// Status line and headers.
    pub(crate) head: &'a str,
    pub(crate) body: &'a [u8],
}

impl Answer<'_> {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(self.head, name)
    }
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(self.body).unwrap_or_default()
    }
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let value =
        |line: &'a str| line.split_once(':').filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.trim());
    head.lines().find_map(value)
}

impl Client {
    pub(crate) async fn connect(addr: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::with_capacity(1 << 16), body: Vec::new() })
    }

    /// Sends a request and reads its whole answer.
    pub(crate) async fn send(&mut self, request: &[u8]) -> anyhow::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.read.clear();
        self.body.clear();
        let head_end = loop {
            self.more().await?;
            if let Some(at) = find(&self.read, b"\r\n\r\n") {
                break at + 4;
            }
        };
        let head = std::str::from_utf8(&self.read[..head_end])?;
        let status: u16 = head.get(9..12).and_then(|s| s.parse().ok()).context("no status")?;
        if header(head, "transfer-encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked")) {
            self.chunks(head_end).await?;
        } else {
            let length: usize = header(head, "content-length").and_then(|v| v.parse().ok()).unwrap_or(0);
            while self.read.len() < head_end + length {
                self.more().await?;
            }
            self.body.extend_from_slice(&self.read[head_end..head_end + length]);
        }
        let head = std::str::from_utf8(&self.read[..head_end])?;
        Ok(Answer { status, head, body: &self.body })
    }

    async fn chunks(&mut self, mut at: usize) -> anyhow::Result<()> {
        loop {
            let size_end = loop {
                match find(&self.read[at..], b"\r\n") {
                    Some(end) => break at + end,
                    None => self.more().await?,
                }
            };
            let size = std::str::from_utf8(&self.read[at..size_end])?;
            let size = usize::from_str_radix(size.split(';').next().unwrap_or(size).trim(), 16)?;
            let data = size_end + 2;
            while self.read.len() < data + size + 2 {
                self.more().await?;
            }
            if size == 0 {
                return Ok(());
            }
            self.body.extend_from_slice(&self.read[data..data + size]);
            at = data + size + 2;
        }
    }

    async fn more(&mut self) -> anyhow::Result<()> {
        anyhow::ensure!(self.stream.read_buf(&mut self.read).await? > 0, "the server closed the connection");
        Ok(())
    }
}

fn find(text: &[u8], what: &[u8]) -> Option<usize> {
    text.windows(what.len()).position(|window| window == what)
}

/// The bytes of a request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    head: String,
    body: String,
}

impl Request {
    pub(crate) fn get(addr: SocketAddr, path: &str) -> Self {
        Self { head: format!("GET {path} HTTP/1.1\r\nHost: {addr}\r\n"), body: String::new() }
    }
    pub(crate) fn post(addr: SocketAddr, path: &str, kind: &str, body: String) -> Self {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {addr}\r\nOrigin: http://{addr}\r\nAccept: application/json\r\n\
             Content-Type: {kind}\r\nContent-Length: {length}\r\n"
        );
        Self { head, body }
    }
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        let _ = write!(self.head, "{name}: {value}\r\n");
        self
    }
    pub(crate) fn bytes(&self) -> Vec<u8> {
        format!("{}\r\n{}", self.head, self.body).into_bytes()
    }
}
