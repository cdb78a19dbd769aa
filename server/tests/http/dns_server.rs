//! A DNS server that runs inside a test: it knows the texts under some names, and nothing under all others.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
};
use tokio::net::UdpSocket;

/// What the server does about a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// These texts.
    Texts(Vec<String>),
    /// That it cannot say.
    Failed,
    /// Never a word.
    Nothing,
}

/// The length of a message's head, and of what stands behind the name that is asked about.
const HEAD: usize = 12;
const BEHIND_NAME: usize = 4;

/// A running server.
#[derive(Debug, Clone)]
pub(crate) struct DnsServer {
    pub(crate) at: SocketAddr,
    names: Arc<Mutex<HashMap<String, Said>>>,
}

impl DnsServer {
    /// Starts one on this machine.
    pub(crate) async fn start() -> Self {
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let server = Self { at: socket.local_addr().unwrap(), names: Arc::default() };
        let serving = server.clone();
        tokio::spawn(async move {
            let mut asked = [0; 1_500];
            while let Ok((length, whom)) = socket.recv_from(&mut asked).await {
                if let Some(answer) = serving.answer(&asked[..length]) {
                    let _ = socket.send_to(&answer, whom).await;
                }
            }
        });
        server
    }

    /// What is said about a name from now on.
    pub(crate) fn say(&self, name: &str, said: Said) {
        self.names.lock().unwrap().insert(name.to_owned(), said);
    }

    /// A record of one text.
    pub(crate) fn put(&self, name: &str, text: &str) {
        self.say(name, Said::Texts(vec![text.to_owned()]));
    }

    fn answer(&self, asked: &[u8]) -> Option<Vec<u8>> {
        let (name, question) = question(asked)?;
        let said = self.names.lock().unwrap().get(&name).cloned();
        // 3: there is no such name. 2: the server failed.
        let (code, texts) = match said {
            None => (3, Vec::new()),
            Some(Said::Nothing) => return None,
            Some(Said::Failed) => (2, Vec::new()),
            Some(Said::Texts(texts)) => (0, texts),
        };
        let count = u8::try_from(texts.len()).unwrap();
        let mut answer = asked[..2].to_vec();
        answer.extend([0x81, 0x80 | code, 0, 1, 0, count, 0, 0, 0, 0]);
        answer.extend(question);
        for text in texts {
            // The name that was asked about, TXT, IN, for no time, in pieces.
            let pieces: Vec<u8> = text
                .as_bytes()
                .chunks(255)
                .flat_map(|piece| [&[u8::try_from(piece.len()).unwrap()], piece].concat())
                .collect();
            answer.extend([0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 0]);
            answer.extend(u16::try_from(pieces.len()).unwrap().to_be_bytes());
            answer.extend(pieces);
        }
        Some(answer)
    }
}

/// The name that a message asks about, and all of the question.
fn question(asked: &[u8]) -> Option<(String, &[u8])> {
    let (mut at, mut labels) = (HEAD, Vec::new());
    loop {
        let length = usize::from(*asked.get(at)?);
        at += 1;
        if length == 0 {
            break;
        }
        labels.push(String::from_utf8_lossy(asked.get(at..at + length)?).to_lowercase());
        at += length;
    }
    Some((labels.join("."), asked.get(HEAD..at + BEHIND_NAME)?))
}
