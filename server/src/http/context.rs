//! From a request to who calls.

use app::{ssr::RequestContext, theme::Theme};
use axum::{
    extract::ConnectInfo,
    http::{Extensions, HeaderMap, header, request::Parts},
};
use axum_extra::extract::CookieJar;
use service::{Caller, client_address};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use super::{AppState, observe};

/// What pages and server functions find in their context.
pub(super) fn of(state: &AppState, parts: &Parts) -> RequestContext {
    let jar = CookieJar::from_headers(&parts.headers);
    let token = jar.get(state.cookies.session_name()).map(|cookie| cookie.value().to_owned());
    let agent = parts.headers.get(header::USER_AGENT).and_then(|v| v.to_str().ok()).unwrap_or("");
    let peer =
        parts.extensions.get::<ConnectInfo<SocketAddr>>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |c| c.0.ip());
    let address = client_address(client(peer, &parts.headers, &state.trusted_proxies));
    RequestContext {
        rollcall: state.app.clone(),
        caller: Caller::new(token.as_deref(), address, agent),
        cookies: state.cookies,
        reference: observe::reference(),
    }
}

/// Whether a request comes from one of the configured proxies.
pub(super) fn comes_from_proxy(extensions: &Extensions, trusted: &[IpAddr]) -> bool {
    extensions.get::<ConnectInfo<SocketAddr>>().is_some_and(|peer| is_trusted(peer.0.ip(), trusted))
}

fn is_trusted(ip: IpAddr, trusted: &[IpAddr]) -> bool {
    trusted.iter().any(|t| t.to_canonical() == ip.to_canonical())
}

/// The address of who asked: the peer, or, where that is one of the configured proxies, the last address that no such
/// proxy has (S35).
fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpAddr]) -> IpAddr {
    if !is_trusted(peer, trusted) {
        return peer;
    }
    headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|ip| ip.trim().parse::<IpAddr>().ok())
        .rfind(|ip| !is_trusted(*ip, trusted))
        .unwrap_or(peer)
}

/// The choice of the theme's cookie.
pub(super) fn theme(headers: &HeaderMap) -> Theme {
    CookieJar::from_headers(headers).get("theme").map(|c| Theme::from_code(c.value())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_forwarded_address_counts_only_behind_a_configured_proxy() {
        let proxy: IpAddr = "10.0.0.1".parse().unwrap();
        let peer: IpAddr = "203.0.113.5".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", "198.51.100.7, 203.0.113.9, 10.0.0.1".parse().unwrap());
        assert_eq!(client(peer, &headers, &[]), peer);
        assert_eq!(client(peer, &headers, &[proxy]), peer);
        assert_eq!(client(proxy, &headers, &[proxy]), "203.0.113.9".parse::<IpAddr>().unwrap());
        assert_eq!(client(proxy, &HeaderMap::new(), &[proxy]), proxy);
    }
}
