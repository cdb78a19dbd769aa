//! Finding the built browser files, once, when the server starts.

use anyhow::Context as _;
use app::{Assets, parts::Part};
use std::{collections::HashMap, fs, path::Path};

/// Of each part the files that hold it, without their endings.
const MANIFEST: &str = "__wasm_split_manifest.json";

/// The folder of the release build that lies in a site folder, by what its files hold. A build for debugging has none.
pub(crate) fn build(site_root: &Path) -> Option<String> {
    let name = fs::read_to_string(site_root.join("build")).ok()?.trim().to_owned();
    (!name.is_empty() && site_root.join("pkg").join(&name).is_dir()).then_some(name)
}

/// The files of a site folder.
///
/// # Errors
/// A folder without them.
pub(crate) fn find(site_root: &Path) -> anyhow::Result<Assets> {
    let pkg = site_root.join("pkg");
    let (folder, url) = match build(site_root) {
        Some(name) => (pkg.join(&name), format!("/pkg/{name}")),
        None => (pkg, "/pkg".to_owned()),
    };
    let names: Vec<String> = fs::read_dir(&folder)
        .with_context(|| {
            format!("no browser files in {}; build them with `make build`, or set ROLLCALL_SITE_ROOT", folder.display())
        })?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    let find = |start: &str, extension: &str| {
        names
            .iter()
            .find(|name| name.starts_with(start) && Path::new(name).extension().is_some_and(|e| e == extension))
            .map(|name| format!("{url}/{name}"))
            .with_context(|| format!("no {start}*.{extension} in {}; build it with `make build`", folder.display()))
    };
    let manifest = fs::read(folder.join(MANIFEST)).with_context(|| format!("no {MANIFEST} in {}", folder.display()))?;
    let mut files: HashMap<String, Vec<String>> =
        serde_json::from_slice(&manifest).with_context(|| format!("{MANIFEST} in {}", folder.display()))?;
    let parts = Part::ALL.iter().map(|part| {
        let name = part.module();
        let files = files.remove(name).with_context(|| format!("{MANIFEST} in {} has no {name}", folder.display()))?;
        Ok((*part, files.into_iter().map(|file| format!("{url}/{file}.wasm")).collect()))
    });
    Ok(Assets {
        css: find("rollcall", "css")?,
        js: find("rollcall", "js")?,
        wasm: find("rollcall", "wasm")?,
        loader: find("__wasm_split", "js")?,
        parts: parts.collect::<anyhow::Result<_>>()?,
    })
}
