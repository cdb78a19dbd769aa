//! Looking records up in DNS, by the servers that the machine or the operator names. What they are asked about is a name that
//! somebody entered; nothing is ever connected to but these servers.

use hickory_resolver::{
    ResolverBuilder, TokioResolver,
    config::{NameServerConfig, ResolverConfig, ResolverOpts},
    net::{NetError, runtime::TokioRuntimeProvider},
    proto::rr::RData,
};
use service::{LookingUp, NoAnswer, Resolver};
use std::{net::SocketAddr, sync::Arc, time::Duration};

use crate::config::Config;

/// How long a server may take, of those that are asked.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long all of it may take: somebody waits.
const IN_ALL: Duration = Duration::from_secs(5);

struct Dns(TokioResolver);

/// What asks the DNS server of the settings, or those of `/etc/resolv.conf`; nothing where there are none.
pub fn resolver(config: &Config) -> Option<Arc<dyn Resolver>> {
    match config.dns.map_or_else(of_system, of) {
        Ok(resolver) => Some(Arc::new(Dns(resolver))),
        Err(error) => {
            tracing::warn!(error.message = %error, "DNS cannot be asked, so that no domain can be verified; set ROLLCALL_DNS");
            None
        }
    }
}

fn of(server: SocketAddr) -> Result<TokioResolver, NetError> {
    let mut named = NameServerConfig::udp_and_tcp(server.ip());
    for connection in &mut named.connections {
        connection.port = server.port();
    }
    let mut config = ResolverConfig::default();
    config.name_servers = vec![named];
    with_patience(TokioResolver::builder_with_config(config, TokioRuntimeProvider::default()))
}

fn of_system() -> Result<TokioResolver, NetError> {
    with_patience(TokioResolver::builder_tokio()?)
}

fn with_patience(mut builder: ResolverBuilder<TokioRuntimeProvider>) -> Result<TokioResolver, NetError> {
    let options: &mut ResolverOpts = builder.options_mut();
    options.timeout = PATIENCE;
    options.attempts = 1;
    // Whoever presses "Check now" has just changed something.
    options.cache_size = 0;
    builder.build()
}

impl Resolver for Dns {
    fn texts<'a>(&'a self, name: &'a str) -> LookingUp<'a> {
        Box::pin(async move {
            // With the dot no search list of the machine is tried.
            let asked = self.0.txt_lookup(format!("{name}."));
            match tokio::time::timeout(IN_ALL, asked).await {
                Ok(Ok(found)) => Ok(found.answers().iter().filter_map(|record| text(&record.data)).collect()),
                Ok(Err(error)) if error.is_no_records_found() => Ok(Vec::new()),
                Ok(Err(_)) | Err(_) => Err(NoAnswer),
            }
        })
    }
}

/// The text of a record, which is cut into pieces of 255 bytes on its way.
fn text(data: &RData) -> Option<String> {
    let RData::TXT(text) = data else { return None };
    Some(String::from_utf8_lossy(&text.txt_data.concat()).into_owned())
}
