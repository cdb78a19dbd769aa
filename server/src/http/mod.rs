//! HTTP: the router and what stands around every request.

mod api;
pub(crate) mod assets;
mod context;
mod deadline;
mod export;
mod forms;
mod gallery;
mod headers;
mod health;
mod imports;
mod live;
mod mail_profile;
mod observe;
mod owner;
mod pages;
mod plain;
mod routes;
mod uploads;

use app::{Assets, ssr::Cookies};
use axum::{
    Router,
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use lettre::message::Mailbox;
use service::Rollcall;
use std::{net::IpAddr, path::PathBuf, sync::Arc};
use tower::ServiceBuilder;
use tower_http::{
    CompressionLevel,
    catch_panic::CatchPanicLayer,
    compression::CompressionLayer,
    csrf::{CsrfLayer, ProtectionError},
    request_id::{PropagateRequestIdLayer, SetRequestIdLayer},
    services::{ServeDir, ServeFile},
    set_header::SetResponseHeaderLayer,
    trace::TraceLayer,
};

use crate::{
    config::Config,
    mail,
    telemetry::{metrics::Metrics, traces},
};

/// The largest body of a request, in bytes: ten thousand addresses fit.
pub(crate) const MAX_BODY: usize = 1 << 20;

/// What every handler has at hand; cheap to clone.
#[derive(Debug, Clone)]
pub struct AppState {
    pub(crate) app: Rollcall,
    pub(crate) assets: Arc<Assets>,
    pub(crate) cookies: Cookies,
    pub(crate) trusted_proxies: Arc<[IpAddr]>,
    /// Where requests are counted, if anybody can ask for it.
    pub(crate) metrics: Option<Arc<Metrics>>,
    /// Whether requests are traced.
    traces: bool,
    site_root: PathBuf,
    /// Whether the gallery of components is shown.
    gallery: bool,
    /// From whom the installation's mail is.
    sender: Mailbox,
    /// Whether a stream of live updates can be held open; pages ask from time to time otherwise.
    live_updates: bool,
}

impl AppState {
    /// From the configuration.
    ///
    /// # Errors
    /// Missing browser files, a sender that cannot be used.
    pub fn new(config: &Config, app: Rollcall) -> anyhow::Result<Self> {
        let site_root = config.site_root();
        let secure = app.settings().public_url.starts_with("https://");
        Ok(Self {
            assets: Arc::new(assets::find(&site_root)?),
            cookies: Cookies { secure },
            trusted_proxies: config.trusted_proxies.clone().into(),
            metrics: config.metrics_addr.map(|_| Arc::new(Metrics::new())),
            traces: traces::are_wanted(),
            site_root,
            gallery: cfg!(debug_assertions) || config.dev_gallery,
            sender: mail::installation_sender(config)?,
            live_updates: true,
            app,
        })
    }

    /// The same where no stream can be held open.
    #[must_use]
    pub fn without_live_updates(self) -> Self {
        Self { live_updates: false, ..self }
    }
}

/// The whole application as a service.
///
/// # Errors
/// A public URL that is no origin.
pub fn router(state: AppState) -> anyhow::Result<Router> {
    // Leptos renders on the runtime at hand; a second call keeps the first.
    let _ = any_spawner::Executor::init_custom_executor(observe::InSpan);
    // Shared by what goes along with each request: a copy for each would cost more than what it does.
    let shared = Arc::new(state.clone());
    let rejected = {
        let state = Arc::clone(&shared);
        move |error: ProtectionError| {
            tracing::warn!(error.message = ?error, "cross-site request refused");
            plain::page(
                &state,
                403,
                "Not from here",
                "This request came from another site and was refused. Nothing was changed.",
            )
        }
    };
    let csrf = CsrfLayer::new().add_trusted_origin(&state.app.settings().public_url)?.with_rejection_response(rejected);
    let on_panic = {
        let state = Arc::clone(&shared);
        move |_: Box<dyn std::any::Any + Send>| {
            plain::page(
                &state,
                500,
                "Something went wrong",
                "Something went wrong on our side. Nothing was changed; try again.",
            )
        }
    };
    let late = {
        let state = Arc::clone(&shared);
        move |text: &str| plain::page(&state, 503, "No answer in time", text)
    };
    let request_id = HeaderName::from_static("x-request-id");
    let year = HeaderValue::from_static("public, max-age=31536000, immutable");
    let day = HeaderValue::from_static("public, max-age=86400");
    let root = &state.site_root;
    // The files of a build for debugging keep their names when they change.
    let built = assets::build(root).map_or(HeaderValue::from_static("no-cache"), |_| year);
    let pkg = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, cache_if_ok(built)))
        .service(ServeDir::new(root.join("pkg")).precompressed_br().precompressed_gzip());
    let fonts = ServiceBuilder::new()
        .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, cache_if_ok(day.clone())))
        .service(ServeDir::new(root.join("fonts")));
    let mut router = Router::new()
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route(routes::FUNCTIONS, post(api::call))
        .route("/live/{org}", get(live::revisions))
        .route("/o/{org}/export/{file}", get(export::people))
        .route("/o/{org}/import/template.csv", get(imports::template_file))
        .route("/o/{org}/jobs/{id}/report.csv", get(imports::report))
        .route("/o/{org}/settings/mail/logo", get(mail_profile::logo))
        .route("/o/{org}/settings/mail/preview/{template}/{part}", get(mail_profile::preview))
        .nest_service("/pkg", pkg)
        .nest_service("/fonts", fonts);
    for file in ["icons.svg", "favicon.svg", "robots.txt"] {
        let service = ServiceBuilder::new()
            .layer(SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, cache_if_ok(day.clone())))
            .service(ServeFile::new(root.join(file)).precompressed_br().precompressed_gzip());
        router = router.route_service(&format!("/{file}"), service);
    }
    if state.gallery {
        router = router.merge(gallery::routes());
    }
    let secure = state.cookies.secure;
    let span = {
        let state = Arc::clone(&shared);
        move |request: &axum::extract::Request| observe::span(&state, request)
    };
    // What is told of a request is told once, by `observe`.
    let in_span = TraceLayer::new_for_http()
        .make_span_with(span)
        .on_request(())
        .on_response(())
        .on_body_chunk(())
        .on_eos(())
        .on_failure(());
    Ok(router
        .fallback(pages::serve)
        // The last is the outermost.
        .layer(csrf)
        .layer(middleware::from_fn(move |request, next| deadline::keep(late.clone(), request, next)))
        .layer(CatchPanicLayer::custom(on_panic))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(middleware::map_response(move |response| std::future::ready(headers::secure(response, secure))))
        .layer(middleware::from_fn_with_state(shared, observe::observe))
        .layer(PropagateRequestIdLayer::new(request_id.clone()))
        .layer(in_span)
        .layer(SetRequestIdLayer::new(request_id, observe::FreshRequestId))
        .layer(middleware::map_request(|request| std::future::ready(observe::without_request_id(request))))
        .with_state(state))
}

fn cache_if_ok<B>(value: HeaderValue) -> impl FnMut(&axum::http::Response<B>) -> Option<HeaderValue> + Clone {
    let fits = |status: StatusCode| status.is_success() || status == StatusCode::NOT_MODIFIED;
    move |response| fits(response.status()).then(|| value.clone())
}

fn respond(parts: impl IntoResponse) -> Response {
    parts.into_response()
}
