//! A mail server that runs inside a test: it speaks SMTP over a socket, refuses what it is told to, and keeps the rest.

use std::sync::{Arc, Mutex};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// What the server does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Takes everything, and wants no password.
    Open,
    /// Wants user and password, and takes `ada` with `hush`.
    Guarded,
    /// Refuses every sender.
    NoSenders,
    /// Refuses every recipient.
    NoRecipients,
    /// Refuses every mail once it has read it.
    NoMails,
    /// Greets with a refusal.
    Closed,
    /// Takes connections, and never says a word.
    Silent,
}

/// The user and the password of a guarded server, as AUTH PLAIN sends them.
const PLAIN: &str = "AGFkYQBodXNo";

/// A running server.
#[derive(Debug, Clone)]
pub(crate) struct SmtpServer {
    pub(crate) port: u16,
    manner: Arc<Mutex<Manner>>,
    mails: Arc<Mutex<Vec<String>>>,
    /// What clients said, line by line.
    heard: Arc<Mutex<Vec<String>>>,
    connections: Arc<Mutex<u32>>,
}

impl SmtpServer {
    /// Starts one on this machine.
    pub(crate) async fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            manner: Arc::new(Mutex::new(manner)),
            mails: Arc::default(),
            heard: Arc::default(),
            connections: Arc::default(),
        };
        let serving = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *serving.connections.lock().unwrap() += 1;
                let of = serving.clone();
                // Whoever hangs up in the middle is no matter of the test.
                tokio::spawn(async move { of.talk(stream).await.ok() });
            }
        });
        server
    }

    /// Lets it behave otherwise from the next connection on.
    pub(crate) fn becomes(&self, manner: Manner) {
        *self.manner.lock().unwrap() = manner;
    }

    /// The mails that it took since this was asked the last time.
    pub(crate) fn mails(&self) -> Vec<String> {
        std::mem::take(&mut *self.mails.lock().unwrap())
    }

    /// All that clients said.
    pub(crate) fn heard(&self) -> String {
        self.heard.lock().unwrap().join("\n")
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> u32 {
        *self.connections.lock().unwrap()
    }

    async fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let manner = *self.manner.lock().unwrap();
        let mut stream = BufReader::new(stream);
        match manner {
            Manner::Silent => {
                let mut nothing = String::new();
                while stream.read_line(&mut nothing).await? > 0 {}
                return Ok(());
            }
            Manner::Closed => return stream.write_all(b"554 5.7.1 not for you\r\n").await,
            _ => stream.write_all(b"220 post.test ESMTP\r\n").await?,
        }
        let mut signed_in = manner != Manner::Guarded;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim_end().to_owned();
            self.heard.lock().unwrap().push(line.clone());
            let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
            let refused = format!("550 5.1.1 no such mailbox {}", line.get(8..).unwrap_or_default());
            let answer = match verb.as_str() {
                "EHLO" if manner == Manner::Guarded => "250-post.test\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN",
                "EHLO" => "250-post.test\r\n250 8BITMIME",
                "AUTH" if line.ends_with(PLAIN) => {
                    signed_in = true;
                    "235 2.7.0 welcome"
                }
                "AUTH" => "535 5.7.8 user or password are wrong",
                "MAIL" if !signed_in => "530 5.7.0 sign in first",
                "MAIL" if manner == Manner::NoSenders => "553 5.7.1 not from you",
                "RCPT" if manner == Manner::NoRecipients => refused.as_str(),
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await?;
                    let mail = read_mail(&mut stream).await?;
                    if manner == Manner::NoMails {
                        "554 5.7.1 this reads like spam"
                    } else {
                        self.mails.lock().unwrap().push(mail);
                        "250 2.0.0 queued as TEST1"
                    }
                }
                "QUIT" => {
                    stream.write_all(b"221 bye\r\n").await?;
                    return Ok(());
                }
                _ => "250 2.0.0 ok",
            };
            stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
    }
}

async fn read_mail(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut mail = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 || line == ".\r\n" {
            return Ok(mail);
        }
        mail.push_str(&line);
    }
}
