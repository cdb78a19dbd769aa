//! Columns of attributes and filters by their values (B39). They stand with the rows, which come with the names of the attributes.

use leptos::{
    html,
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{Element, HtmlElement},
};
use leptos_router::{NavigateOptions, hooks::use_navigate};
use model::{
    attribute::{AttributeKey, MAX_VALUE_CHARS, ValueType},
    people::{AttributeFilter, GridAttribute, MAX_ATTRIBUTE_COLUMNS, PeopleQuery},
};

use super::{QueryInputs, shown::Shown, url};
use crate::{
    components::ui::{Icon, Menu},
    paths,
};

/// The question with a column shown or not.
fn with_column(query: &PeopleQuery, key: &AttributeKey) -> PeopleQuery {
    query.looking(|look| match look.attributes.iter().position(|other| other == key) {
        Some(at) => drop(look.attributes.remove(at)),
        None if look.attributes.len() < MAX_ATTRIBUTE_COLUMNS => look.attributes.push(key.clone()),
        None => {}
    })
}

/// The question with a filter by an attribute, or without one.
fn with_filter(query: &PeopleQuery, key: &AttributeKey, value: Option<&str>) -> PeopleQuery {
    query.restarted(|q| {
        q.filters.attributes.retain(|of| of.key != *key);
        q.filters.attributes.extend(value.and_then(|value| AttributeFilter::new(key.clone(), value)));
    })
}

/// A filter as its chip says it.
fn in_words(filter: &AttributeFilter, all: &[GridAttribute]) -> String {
    let Some(of) = all.iter().find(|of| of.key == filter.key) else {
        return format!("{}: {}", filter.key.as_str(), filter.value);
    };
    let value = match (of.value_type, filter.value.as_str()) {
        (ValueType::YesNo, "yes") => "Yes",
        (ValueType::YesNo, "no") => "No",
        (_, value) => value,
    };
    format!("{}: {value}", of.label.as_str())
}

/// What can be chosen of an attribute without typing.
fn choices(of: &GridAttribute) -> Vec<(String, String)> {
    match of.value_type {
        ValueType::YesNo => vec![("yes".to_owned(), "Yes".to_owned()), ("no".to_owned(), "No".to_owned())],
        ValueType::List => of.options.iter().map(|option| (option.clone(), option.clone())).collect(),
        ValueType::Text | ValueType::Number | ValueType::Date => Vec::new(),
    }
}

/// The menu of columns, the filter, and the filters that are on with the way to take them off; nothing where there are no
/// attributes.
#[component]
pub fn AttributeMenus(org: StoredValue<String>, shown: Shown) -> impl IntoView {
    let all = Memo::new(move |_| shown.with(|_, page| page.attributes.clone()));
    let filters = Memo::new(move |_| shown.with(|query, _| query.filters.attributes.clone()));
    let to = move |change: &dyn Fn(&PeopleQuery) -> PeopleQuery| {
        shown.with(|query, _| url(&org.get_value(), &change(query)))
    };
    let chips = move || {
        let chips = filters
            .get()
            .into_iter()
            .map(|filter| {
                let label = all.with(|all| in_words(&filter, all));
                let href = to(&|query| with_filter(query, &filter.key, None));
                view! {
                    <a class="chip" href=href aria-label=format!("{label}, remove filter")>
                        <bdi>{label.clone()}</bdi>
                        <Icon name="x" />
                    </a>
                }
            })
            .collect_view();
        view! { {chips} }
    };
    // What is chosen makes nothing of it anew, so that menus stay open.
    let is_there = Memo::new(move |_| all.with(|all| !all.is_empty()) || filters.with(|filters| !filters.is_empty()));
    move || {
        is_there.get().then(|| {
            let listed = all.get();
            let columns = listed
                .iter()
                .map(|of| {
                    let (key, label) = (of.key.clone(), of.label.as_str().to_owned());
                    let current = {
                        let key = key.clone();
                        move || shown.query().look.attributes.contains(&key).then_some("true")
                    };
                    view! {
                        <a
                            class="menu-item check-item"
                            href=move || to(&|query| with_column(query, &key))
                            data-noscroll
                            aria-current=current
                        >
                            <Icon name="check" />
                            <span dir="auto">{label}</span>
                        </a>
                    }
                })
                .collect_view();
            let by_choice = listed
                .iter()
                .map(|of| (of.clone(), choices(of)))
                .filter(|(_, choices)| !choices.is_empty())
                .map(|(of, choices)| view! { <Choices of choices org shown /> })
                .collect_view();
            let fields = listed.clone();
            view! {
                <div class="toolbar">
                    <span class="filter">
                        <Menu
                            label="Filter by attribute"
                            class="button small"
                            button=|| {
                                view! {
                                    "Attribute"
                                    <Icon name="chevron-down" />
                                }
                            }
                            stays=true
                        >
                            <ByValue all=fields org shown />
                            <div class="menu-scroll">{by_choice}</div>
                        </Menu>
                    </span>
                    <span class="filter">
                        <Menu
                            label="Columns of attributes"
                            class="button small"
                            button=|| {
                                view! {
                                    "Columns of attributes"
                                    <Icon name="chevron-down" />
                                }
                            }
                            stays=true
                        >
                            <div class="menu-scroll">{columns}</div>
                        </Menu>
                    </span>
                    {chips}
                </div>
            }
        })
    }
}

/// The values of an attribute that can be chosen without typing.
#[component]
fn Choices(of: GridAttribute, choices: Vec<(String, String)>, org: StoredValue<String>, shown: Shown) -> impl IntoView {
    let key = StoredValue::new(of.key);
    let items = choices
        .into_iter()
        .map(|(value, label)| {
            let value = StoredValue::new(value);
            let is_on = move || {
                let of_key = |of: &AttributeFilter| key.with_value(|key| of.key == *key);
                let filters = shown.query().filters.attributes;
                filters.iter().any(|of| of_key(of) && value.with_value(|value| of.value == *value))
            };
            let href = move || {
                let wanted = (!is_on()).then(|| value.get_value());
                shown.with(|query, _| url(&org.get_value(), &with_filter(query, &key.get_value(), wanted.as_deref())))
            };
            view! {
                <a
                    class="menu-item check-item"
                    href=href
                    data-noscroll
                    aria-current=move || is_on().then_some("true")
                >
                    <Icon name="check" />
                    <span dir="auto">{label}</span>
                </a>
            }
        })
        .collect_view();
    view! {
        <p class="menu-head" dir="auto">{of.label.as_str().to_owned()}</p>
        {items}
    }
}

/// Any value of any attribute; a plain GET form without a script.
#[component]
fn ByValue(all: Vec<GridAttribute>, org: StoredValue<String>, shown: Shown) -> impl IntoView {
    let (of, value) = (NodeRef::<html::Select>::new(), NodeRef::<html::Input>::new());
    let navigate = use_navigate();
    let choices = all
        .iter()
        .map(|of| {
            let label = of.label.as_str().to_owned();
            view! { <option value=of.key.as_str().to_owned()>{label}</option> }
        })
        .collect_view();
    let search = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (Some(of), Some(value)) = (of.get_untracked(), value.get_untracked()) else { return };
        let Ok(key) = AttributeKey::parse(&of.value()) else { return };
        let to = shown.with(|query, _| url(&org.get_value(), &with_filter(query, &key, Some(&value.value()))));
        navigate(&to, NavigateOptions { scroll: false, ..NavigateOptions::default() });
        close_menu(&event_target(&event));
    };
    view! {
        <form class="attribute-filter" method="get" action=paths::users(&org.get_value()) on:submit=search>
            {move || view! { <QueryInputs query=shown.query().restarted(|_| ()) /> }}
            <select node_ref=of name="attr_key" aria-label="Attribute">
                {choices}
            </select>
            <input
                node_ref=value
                name="attr_value"
                aria-label="Value"
                placeholder="Value"
                autocomplete="off"
                maxlength=MAX_VALUE_CHARS
            />
            <button class="button small">"Filter"</button>
        </form>
    }
}

/// Closes the menu in which something is, and leaves the focus on its button.
fn close_menu(inside: &Element) {
    let Ok(Some(menu)) = inside.closest("details") else { return };
    let _ = menu.remove_attribute("open");
    if let Ok(Some(button)) = menu.query_selector("summary") {
        let _ = button.unchecked_into::<HtmlElement>().focus();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::attribute::AttributeLabel;

    fn key(text: &str) -> AttributeKey {
        AttributeKey::parse(text).expect("a key")
    }

    #[test]
    fn columns_and_filters_go_on_and_off_again() {
        let start = PeopleQuery { page: 1, ..PeopleQuery::default() };
        let with = with_column(&start, &key("region"));
        assert_eq!(with.look.attributes, [key("region")]);
        assert_eq!(with_column(&with, &key("region")), start);
        let by = with_filter(&start, &key("region"), Some("EMEA"));
        assert_eq!(with_filter(&by, &key("region"), Some("APAC")).filters.attributes.len(), 1, "one value of each");
        assert_eq!(with_filter(&by, &key("team"), Some("a")).filters.attributes.len(), 2);
        assert_eq!(with_filter(&by, &key("region"), None), start);
        let full = (0..MAX_ATTRIBUTE_COLUMNS + 2).fold(start, |query, n| with_column(&query, &key(&format!("a{n}"))));
        assert_eq!(full.look.attributes.len(), MAX_ATTRIBUTE_COLUMNS);
    }

    #[test]
    fn a_filter_is_said_by_its_label() {
        let label = |text| AttributeLabel::parse(text).expect("a label");
        let all = [
            GridAttribute { key: key("remote"), label: label("Remote"), value_type: ValueType::YesNo, options: vec![] },
            GridAttribute { key: key("region"), label: label("Region"), value_type: ValueType::Text, options: vec![] },
        ];
        for (of, value, expected) in
            [("remote", "yes", "Remote: Yes"), ("region", "yes", "Region: yes"), ("gone", "x", "gone: x")]
        {
            let filter = AttributeFilter::new(key(of), value).expect("a filter");
            assert_eq!(in_words(&filter, &all), expected);
        }
    }
}
