//! What is asked of the server: the pages and functions that people use all day.

use anyhow::Context as _;
use model::people::{Cursor, Filters, From, PageSize, PeoplePage, PeopleQuery, PersonRow, Sort, SortBy, Tab};
use model::{PersonState, Role};
use std::sync::Arc;

use crate::{
    client::{Answer, Client, Request},
    engine::Engine,
    process::Server,
};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
/// What browsers send.
const ENCODINGS: &str = "br, gzip";
/// Places from which logins come, and addresses that are asked about.
const ADDRESSES: usize = 2_048;
/// How many sign in at a time, at most.
const WORKERS: usize = 4;
/// Signing in to an account with a password that is not its own.
pub(crate) const LOGIN_KNOWN: &str = "refused login, account";
/// The same where there is no account.
pub(crate) const LOGIN_UNKNOWN: &str = "refused login, no account";
/// Asking for a new password.
pub(crate) const FORGOT_KNOWN: &str = "forgot password, account";
/// The same where there is no account.
pub(crate) const FORGOT_UNKNOWN: &str = "forgot password, no account";

/// What a right answer looks like.
#[derive(Debug)]
pub(crate) enum Expected {
    /// 200 with this text.
    Text(String),
    /// 200, compressed, and not next to nothing.
    Compressed,
    /// 200 with this text, and a worker's requests belong together.
    Together(String),
    /// 422 with this text.
    Refused(String),
}

impl Expected {
    pub(crate) fn check(&self, answer: &Answer<'_>) -> anyhow::Result<()> {
        let right = match self {
            Self::Text(text) | Self::Together(text) | Self::Refused(text) => answer.text().contains(text.as_str()),
            Self::Compressed => answer.header("content-encoding").is_some() && answer.body.len() > 1_000,
        };
        let shown = || answer.text().chars().take(200).collect::<String>().replace('\n', " ");
        let status = if matches!(self, Self::Refused(_)) { 422 } else { 200 };
        anyhow::ensure!(answer.status == status, "status {}: {}", answer.status, shown());
        anyhow::ensure!(right, "{self:?} is not in the answer: {}", shown());
        Ok(())
    }
    pub(crate) const fn may_break_off(&self) -> bool {
        !matches!(self, Self::Together(_))
    }
}

/// One kind of request.
#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) name: &'static str,
    /// For each worker its own, or one list for all.
    requests: Vec<Vec<Vec<u8>>>,
    pub(crate) expected: Arc<Expected>,
    most_connections: usize,
}

impl Work {
    fn one(name: &'static str, request: &Request, expected: Expected) -> Self {
        let requests = vec![vec![request.bytes()]];
        Self { name, requests, expected: Arc::new(expected), most_connections: usize::MAX }
    }
    /// The smallest possible.
    pub(crate) fn hello(request: &Request, greeting: &str) -> Self {
        Self::one("bare axum", request, Expected::Text(greeting.to_owned()))
    }
    pub(crate) fn of_worker(&self, worker: usize) -> Vec<Vec<u8>> {
        self.requests[worker % self.requests.len()].clone()
    }
    /// So many, or as many as make sense.
    pub(crate) fn connections(&self, wanted: usize) -> usize {
        wanted.min(self.most_connections)
    }
}

/// What a first visit loads, compressed.
#[derive(Debug, Clone)]
pub(crate) struct Size {
    pub(crate) what: String,
    pub(crate) bytes: u32,
}

/// All work, for one database.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) works: Vec<Work>,
    pub(crate) sizes: Vec<Size>,
}

/// Somebody signed in, in the made-up organization.
struct Session<'a> {
    server: &'a Server,
    client: Client,
    cookie: String,
    /// Path of the grid.
    grid: String,
    org: String,
}

/// Signs in, looks around and prepares every request.
pub(crate) async fn plan(server: &Server, engine: &Engine) -> anyhow::Result<Plan> {
    let mut session = Session::begin(server, engine).await?;
    let first = session.page(&PeopleQuery::default()).await?;
    anyhow::ensure!(
        first.counts.of(Tab::Standard) + first.counts.of(Tab::Expired) > u64::from(engine.users),
        "the counts do not fit: {:?}",
        first.counts
    );
    let beginning = PeopleQuery { page: 1, ..PeopleQuery::default() };
    let search = |q: &str| PeopleQuery { q: q.to_owned(), ..beginning.clone() };
    let sorted = |sort: Sort| PeopleQuery { sort, ..beginning.clone() };
    let filtered = |roles: &[Role], states: &[PersonState]| PeopleQuery {
        filters: Filters { roles: roles.to_vec(), states: states.to_vec(), ..Filters::default() },
        ..beginning.clone()
    };
    // A place in the middle of the alphabet; a cursor needs no row of its own.
    let id = first.rows.first().context("nobody is there")?.target.membership_id.clone();
    let deep = PeopleQuery {
        from: From::After(Cursor { key: "mar".to_owned(), id, second: false }),
        page: engine.users / 100,
        ..beginning.clone()
    };
    let deep_too = deep.clone();
    let middle = session.page(&deep).await?;
    let rare = rarest(&middle.rows).context("nobody in the middle has a name")?;

    let mut works = Vec::new();
    for (name, query) in [
        ("list, first page", beginning.clone()),
        ("list, deep page", deep),
        ("by last login, latest first", sorted(Sort::Down(SortBy::LastLogin))),
        ("by last login, oldest first", sorted(Sort::Up(SortBy::LastLogin))),
        ("by role", sorted(Sort::Up(SortBy::Role))),
        ("role and status (admin, active)", filtered(&[Role::Admin], &[PersonState::Active])),
        ("role that one has (owner)", filtered(&[Role::Owner], &[])),
        ("search, rare", search(&rare)),
        ("search, common (an)", search("an")),
        ("search, one letter (a)", search("a")),
        ("search, two words (ma an)", search("ma an")),
    ] {
        works.push(session.html(name, &query).await?);
    }
    works.push(session.compressed("list, first page, compressed", &beginning)?);
    for (name, query) in [
        ("JSON list, first page", beginning.clone()),
        ("JSON list, deep page", deep_too),
        ("JSON by last login", sorted(Sort::Down(SortBy::LastLogin))),
        ("JSON role and status", filtered(&[Role::Admin], &[PersonState::Active])),
        ("JSON search, one letter (a)", search("a")),
        ("JSON search, two words (ma an)", search("ma an")),
        ("JSON search, rare", search(&rare)),
        ("JSON search, common (an)", search("an")),
    ] {
        works.push(session.json(name, &query).await?);
    }
    works.push(session.role_toggle(&middle.rows)?);
    works.push(login(server, engine)?);
    works.extend(session.who_has_an_account().await?);
    works.push(Work::one(
        "login page",
        &Request::get(server.addr, "/login"),
        Expected::Text("name=\"password\"".to_owned()),
    ));
    let sizes = session.sizes().await?;
    Ok(Plan { works, sizes })
}

/// A name that hardly anybody else has.
fn rarest(rows: &[PersonRow]) -> Option<String> {
    let full = |row: &PersonRow| row.name.full();
    rows.iter().filter(|row| !row.name.last.is_empty()).map(full).max_by_key(|name| name.chars().count())
}

impl<'a> Session<'a> {
    async fn begin(server: &'a Server, engine: &Engine) -> anyhow::Result<Self> {
        let mut client = Client::connect(server.addr).await?;
        let body = credentials(engine)?;
        let request = Request::post(server.addr, "/api/session/login", FORM, body);
        let answer = client.send(&request.bytes()).await?;
        anyhow::ensure!(answer.status == 200, "signing in: status {}: {}", answer.status, answer.text());
        let cookie = answer.header("set-cookie").and_then(|c| c.split(';').next()).context("no cookie")?.to_owned();
        let reply: serde_json::Value = serde_json::from_slice(answer.body)?;
        let home = reply["next"].as_str().context("signing in leads nowhere")?;
        let org = home.split('/').nth(2).context("signing in leads to no organization")?.to_owned();
        let grid = format!("/o/{org}/users");
        Ok(Self { server, client, cookie, grid, org })
    }

    fn get(&self, query: &PeopleQuery) -> anyhow::Result<Request> {
        let params = serde_urlencoded::to_string(query.to_params())?;
        let path = if params.is_empty() { self.grid.clone() } else { format!("{}?{params}", self.grid) };
        Ok(Request::get(self.server.addr, &path).with("Cookie", &self.cookie))
    }

    fn post(&self, query: &PeopleQuery) -> Request {
        let body = serde_json::json!({ "org": self.org, "query": query }).to_string();
        Request::post(self.server.addr, "/api/people/page", JSON, body).with("Cookie", &self.cookie)
    }

    async fn page(&mut self, query: &PeopleQuery) -> anyhow::Result<PeoplePage> {
        let request = self.post(query);
        let answer = self.client.send(&request.bytes()).await?;
        anyhow::ensure!(answer.status == 200, "list: status {}: {}", answer.status, answer.text());
        Ok(serde_json::from_slice(answer.body)?)
    }

    /// The address of the last row that the right answer shows.
    async fn marker(&mut self, query: &PeopleQuery) -> anyhow::Result<Expected> {
        let page = self.page(query).await?;
        let row = page.rows.last().with_context(|| format!("nobody is found by {query:?}"))?;
        Ok(Expected::Text(row.email.as_str().to_owned()))
    }

    async fn html(&mut self, name: &'static str, query: &PeopleQuery) -> anyhow::Result<Work> {
        let expected = self.marker(query).await?;
        Ok(Work::one(name, &self.get(query)?, expected))
    }

    fn compressed(&self, name: &'static str, query: &PeopleQuery) -> anyhow::Result<Work> {
        Ok(Work::one(name, &self.get(query)?.with("Accept-Encoding", ENCODINGS), Expected::Compressed))
    }

    async fn json(&mut self, name: &'static str, query: &PeopleQuery) -> anyhow::Result<Work> {
        let expected = self.marker(query).await?;
        Ok(Work::one(name, &self.post(query), expected))
    }

    /// Gives the Admin role to a member and takes it away again; each worker has somebody else.
    fn role_toggle(&self, rows: &[PersonRow]) -> anyhow::Result<Work> {
        let members = rows.iter().filter(|r| r.target.role == Role::Member && r.target.state == PersonState::Active);
        let requests: Vec<Vec<Vec<u8>>> = members
            .map(|row| {
                ["assign_admin", "revoke_admin"]
                    .map(|op| {
                        let id = row.target.membership_id.to_string();
                        let body = format!("org={}&id={id}&op={op}", self.org);
                        let request = Request::post(self.server.addr, "/api/people/act", FORM, body);
                        request.with("Cookie", &self.cookie).bytes()
                    })
                    .to_vec()
            })
            .collect();
        anyhow::ensure!(!requests.is_empty(), "no active member is in the middle");
        let most_connections = requests.len();
        let expected = Arc::new(Expected::Together("admin".to_owned()));
        Ok(Work { name: "role toggle", requests, expected, most_connections })
    }

    /// Signing in and asking for a new password, for addresses that have an account and for such that have none: whether
    /// the time of the answer tells them apart (S32).
    async fn who_has_an_account(&mut self) -> anyhow::Result<Vec<Work>> {
        let mut query = PeopleQuery {
            size: PageSize::P200,
            filters: Filters { states: vec![PersonState::Active], ..Filters::default() },
            ..PeopleQuery::default()
        };
        let mut known = Vec::new();
        while known.len() < ADDRESSES {
            let page = self.page(&query).await?;
            known.extend(page.rows.iter().map(|row| row.email.to_string()));
            let Some(next) = page.next else { break };
            query.from = next;
        }
        let unknown: Vec<String> = (0..known.len()).map(|n| format!("nobody.{n}@nowhere.example")).collect();
        let refused = || Expected::Refused("password".to_owned());
        let sent = || Expected::Text("null".to_owned());
        let mut works = Vec::new();
        for (name, emails, path, expected) in [
            (LOGIN_KNOWN, &known, "/api/session/login", refused()),
            (LOGIN_UNKNOWN, &unknown, "/api/session/login", refused()),
            (FORGOT_KNOWN, &known, "/api/passwords/forgot", sent()),
            (FORGOT_UNKNOWN, &unknown, "/api/passwords/forgot", sent()),
        ] {
            let request = |(n, email): (usize, &String)| {
                let pairs = [("email", email.as_str()), ("password", "ferry-lantern-42-mossy")];
                let body = serde_urlencoded::to_string(pairs)?;
                Ok(from_somewhere(n, Request::post(self.server.addr, path, FORM, body)))
            };
            let requests: Vec<Vec<u8>> = emails.iter().enumerate().map(request).collect::<anyhow::Result<_>>()?;
            let each = requests.len().div_ceil(WORKERS);
            let requests = requests.chunks(each).map(<[_]>::to_vec).collect();
            works.push(Work { name, requests, expected: Arc::new(expected), most_connections: WORKERS });
        }
        Ok(works)
    }

    /// What the login page and the grid take over the wire, with all that they load.
    async fn sizes(&mut self) -> anyhow::Result<Vec<Size>> {
        let mut sizes = Vec::new();
        let login = Request::get(self.server.addr, "/login");
        let grid = self.get(&PeopleQuery::default())?;
        let html = self.client.send(&grid.bytes()).await?.text().to_owned();
        for (what, request) in [("login page", login), ("grid, 50 rows", grid)] {
            sizes.push(self.size(what.to_owned(), &request).await?);
        }
        let mut files: Vec<&str> = html
            .split(['"', '\'', '`'])
            .filter(|text| ["/pkg/", "/fonts/"].iter().any(|folder| text.starts_with(folder)))
            .filter(|text| text.rsplit('.').next().is_some_and(|e| KINDS.contains(&e)))
            .collect();
        files.sort_unstable();
        files.dedup();
        for file in files {
            let kind = file.rsplit('.').next().unwrap_or(file).to_owned();
            sizes.push(self.size(kind, &Request::get(self.server.addr, file)).await?);
        }
        Ok(sizes)
    }

    async fn size(&mut self, what: String, request: &Request) -> anyhow::Result<Size> {
        let answer = self.client.send(&request.clone().with("Accept-Encoding", ENCODINGS).bytes()).await?;
        anyhow::ensure!(answer.status == 200, "{what}: status {}", answer.status);
        Ok(Size { what, bytes: u32::try_from(answer.body.len())? })
    }
}

/// What a page loads.
const KINDS: [&str; 4] = ["css", "js", "wasm", "woff2"];

fn credentials(engine: &Engine) -> anyhow::Result<String> {
    let pairs = [("email", &engine.owner_email), ("password", &engine.owner_password)];
    Ok(serde_urlencoded::to_string(pairs)?)
}

/// The same from one of many places, since each is slowed down after so many tries.
fn from_somewhere(n: usize, request: Request) -> Vec<u8> {
    let address = format!("10.{}.{}.{}", n >> 16 & 255, n >> 8 & 255, n & 255);
    request.with("X-Forwarded-For", &address).bytes()
}

/// Signing in; from many addresses, since one is slowed down after a hundred times.
fn login(server: &Server, engine: &Engine) -> anyhow::Result<Work> {
    let body = credentials(engine)?;
    let from = |n: usize| from_somewhere(n, Request::post(server.addr, "/api/session/login", FORM, body.clone()));
    let requests = (0..WORKERS).map(|w| (0..ADDRESSES / WORKERS).map(|n| from(n * WORKERS + w)).collect()).collect();
    let expected = Arc::new(Expected::Text("next".to_owned()));
    Ok(Work { name: "login", requests, expected, most_connections: WORKERS })
}
