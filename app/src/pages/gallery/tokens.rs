//! The values of the visual language, read from where they are written, so that none is missing here.

use leptos::prelude::*;

use crate::components::ui::Icon;

const TOKENS: &str = include_str!("../../../../style/tokens.css");
const SPRITE: &str = include_str!("../../../../public/icons.svg");

/// The tokens whose values begin so, by name and value.
fn tokens(value_begins: &str) -> Vec<(&'static str, &'static str)> {
    TOKENS
        .lines()
        .filter_map(|line| line.trim().strip_prefix("--")?.strip_suffix(';')?.split_once(": "))
        .filter(|(_, value)| value.starts_with(value_begins))
        .collect()
}

/// The tokens of a family, by name and value.
fn family(name_begins: &str) -> Vec<(&'static str, &'static str)> {
    tokens("").into_iter().filter(|(name, _)| name.starts_with(name_begins)).collect()
}

pub(super) fn colors() -> AnyView {
    let swatch = |(name, _)| {
        view! {
            <li>
                <svg class="gallery-swatch" aria-hidden="true">
                    <rect width="100%" height="100%" fill=format!("var(--{name})") />
                </svg>
                <code>{name}</code>
            </li>
        }
    };
    view! { <ul class="gallery-swatches">{tokens("light-dark(oklch").into_iter().map(swatch).collect_view()}</ul> }
        .into_any()
}

pub(super) fn sizes_of_type() -> AnyView {
    let line = |(name, value): (&'static str, &'static str)| {
        view! {
            <tr>
                <th scope="row"><code>{name}</code></th>
                <td>{value}</td>
                <td>
                    <svg class="gallery-line">
                        <text y="75%" font-size=format!("var(--{name})")>"Everybody who has access"</text>
                    </svg>
                </td>
            </tr>
        }
    };
    view! {
        <table class="gallery-table">
            <tbody>{family("text-").into_iter().map(line).collect_view()}</tbody>
        </table>
        <h1>"A page"</h1>
        <h2>"A part of it"</h2>
        <p>"Text, " <b>"and what weighs more"</b> ", and " <a href="#type">"a link"</a> "."</p>
        <p class="hint">"A hint below something."</p>
    }
    .into_any()
}

pub(super) fn space() -> AnyView {
    let step = |n: u8| {
        let px = n * 4;
        view! {
            <li>
                <svg width=px height="24" aria-hidden="true">
                    <rect width="100%" height="100%" fill="var(--accent)" />
                </svg>
                <code>{px}</code>
            </li>
        }
    };
    let corner = |(name, value): (&'static str, &'static str)| {
        let class = format!("gallery-corner {name}");
        view! { <li><span class=class></span><code>{name}</code> {value}</li> }
    };
    view! {
        <ul class="gallery-steps">{[1, 2, 3, 4, 5, 6, 8, 12, 14].map(step).collect_view()}</ul>
        <ul class="gallery-steps">{family("radius").into_iter().map(corner).collect_view()}</ul>
    }
    .into_any()
}

pub(super) fn icons() -> AnyView {
    let names = SPRITE.split("<symbol id=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let icon = |name| view! { <li><Icon name /><code>{name}</code></li> };
    view! { <ul class="gallery-icons">{names.map(icon).collect_view()}</ul> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values of a property in all of the style, each with its line.
    fn values(property: &str) -> Vec<(String, String)> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../style");
        let mut found = Vec::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            for (n, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate() {
                // A rule may stand on one line.
                let declaration = line.rsplit('{').next().unwrap_or(line).trim().trim_end_matches('}').trim_end();
                if let Some((name, value)) = declaration.trim_end_matches(';').split_once(": ")
                    && name == property
                {
                    found.push((format!("{}:{}", path.display(), n + 1), value.to_owned()));
                }
            }
        }
        found
    }

    #[test]
    fn type_and_corners_are_tokens() {
        for (property, token) in [("font-size", "var(--text-"), ("border-radius", "var(--radius")] {
            let found = values(property);
            assert!(found.len() > 10, "{found:?}");
            for (place, value) in found {
                let fits = |part: &str| part.starts_with(token) || matches!(part, "0" | "50%" | "inherit");
                assert!(value.split(' ').all(fits), "{place}: {property}: {value}");
            }
        }
    }

    #[test]
    fn distances_are_steps_of_4_px() {
        let sides = ["", "-top", "-right", "-bottom", "-left", "-block", "-inline"];
        let of_sides = ["padding", "margin"].into_iter().flat_map(|of| sides.map(|side| format!("{of}{side}")));
        let properties = of_sides.chain(["gap", "row-gap", "column-gap"].map(str::to_owned));
        for (place, value) in properties.flat_map(|property| values(&property)) {
            let px = value.split(' ').filter_map(|part| part.trim_matches('-').strip_suffix("px")?.parse::<u32>().ok());
            // Two things that belong together, and hairlines.
            assert!(px.clone().all(|px| px % 4 == 0 || px <= 2), "{place}: {value}");
        }
    }

    #[test]
    fn every_token_of_color_has_a_swatch() {
        let names: Vec<&str> = tokens("light-dark(oklch").into_iter().map(|(name, _)| name).collect();
        assert!(names.contains(&"accent") && names.contains(&"bad-soft") && names.len() >= 18, "{names:?}");
    }
}
