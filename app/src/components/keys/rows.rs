//! The grid under the keys: the current row is the one that has the focus, so that it is seen and read out.

use leptos::{
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{Element, HtmlElement, HtmlInputElement},
};

const SEARCH: &str = ".search input[type='search']";

fn find(selector: &str) -> Option<Element> {
    document().query_selector(selector).ok().flatten()
}

fn within(element: &Element, selector: &str) -> Option<HtmlElement> {
    Some(element.query_selector(selector).ok()??.unchecked_into())
}

fn current() -> Option<Element> {
    document().active_element()?.closest(".grid tbody tr").ok().flatten()
}

fn focus_row(row: Option<Element>) {
    if let Some(name) = row.and_then(|row| within(&row, ".identity-name")) {
        // The menu of the row that is left.
        if let Some(menu) = find(".grid button[id^='menu-'][aria-expanded='true']") {
            menu.unchecked_into::<HtmlElement>().click();
        }
        let _ = name.focus();
    }
}

/// Leads to the row behind the current one, or else to the first.
pub fn next() {
    focus_row(current().map_or_else(|| find(".grid tbody tr:first-child"), |row| row.next_element_sibling()));
}

/// Leads to the row in front of the current one, or else to the last.
pub fn previous() {
    focus_row(current().map_or_else(|| find(".grid tbody tr:last-child"), |row| row.previous_element_sibling()));
}

/// Turns the box of the current row, where rows have one.
pub fn select() {
    if let Some(tick) = current().and_then(|row| within(&row, "input[type='checkbox']")) {
        tick.click();
    }
}

/// Opens or closes the menu of the current row; Tab leads on into it.
pub fn open_menu() {
    if let Some(button) = current().and_then(|row| within(&row, "button[id^='menu-']")) {
        let _ = button.focus();
        button.click();
    }
}

/// Leaves the current row, or the search once it is empty. What is open above them is left to itself.
pub fn leave() {
    let Some(active) = document().active_element() else { return };
    let is = |selector| active.matches(selector).unwrap_or_default();
    let empty_search = is(SEARCH) && active.unchecked_ref::<HtmlInputElement>().value().is_empty();
    if empty_search || is(".grid .identity-name") {
        let _ = active.unchecked_into::<HtmlElement>().blur();
    }
}

/// Leads to the search above the list, if there is one.
pub fn focus_search() -> bool {
    let Some(search) = find(SEARCH) else { return false };
    let search = search.unchecked_into::<HtmlInputElement>();
    search.select();
    search.focus().is_ok()
}

/// Clicks the element of an id, if there is one.
pub fn click(id: &str) -> bool {
    let found = document().get_element_by_id(id);
    found.is_some_and(|element| {
        element.unchecked_into::<HtmlElement>().click();
        true
    })
}
