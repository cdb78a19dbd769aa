//! Attributes of people (B39).

use leptos::prelude::*;
use model::attribute::{ListedAttribute, PersonAttribute};
use serde::{Deserialize, Serialize};

use crate::{problem::Problem, reply::Reply};

/// The attributes of an organization.
#[server(prefix = "/api", endpoint = "attributes/list")]
pub async fn list_attributes(org: String) -> Result<Vec<ListedAttribute>, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.attributes(&cx.caller, &org).await)
}

/// What whoever asks sees of their own.
#[server(prefix = "/api", endpoint = "attributes/own")]
pub async fn own_attributes(org: String) -> Result<Vec<PersonAttribute>, Problem> {
    let cx = crate::ssr::context()?;
    cx.answer(cx.rollcall.own_attributes(&cx.caller, &org).await)
}

/// What the form of a definition holds, as entered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AttributeForm {
    /// By what applications know it.
    pub key: String,
    /// What people call it.
    pub label: String,
    /// What it is for.
    pub description: String,
    /// The code of its type.
    pub value_type: String,
    /// One on each line.
    pub options: String,
    /// The code of how many values there can be.
    pub count: String,
    /// What whoever has no other value has.
    pub default: String,
    /// The code of who sees a value.
    pub seen_by: String,
    /// The code of who changes it.
    pub edited_by: String,
}

#[cfg(feature = "ssr")]
impl From<AttributeForm> for service::DefineAttribute {
    fn from(form: AttributeForm) -> Self {
        Self {
            key: form.key,
            label: form.label,
            description: form.description,
            value_type: form.value_type,
            options: form.options,
            count: form.count,
            default: form.default,
            seen_by: form.seen_by,
            edited_by: form.edited_by,
        }
    }
}

/// Defines an attribute.
#[server(prefix = "/api", endpoint = "attributes/create")]
pub async fn create_attribute(
    #[server(default)] org: String,
    #[server(flatten)] form: AttributeForm,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let attribute = cx.answer(cx.rollcall.create_attribute(&cx.caller, &org, form.into()).await)?;
    let label = attribute.label.as_str();
    let said = Some(format!(
        "The attribute {label} is there. Give people values on their profiles, or groups on their pages."
    ));
    Ok(Reply { toast: said, ..Reply::go(crate::paths::attributes(&org)) })
}

/// Changes a definition.
#[server(prefix = "/api", endpoint = "attributes/update")]
pub async fn update_attribute(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(flatten)] form: AttributeForm,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let attribute = cx.answer(cx.rollcall.update_attribute(&cx.caller, &org, &id, form.into()).await)?;
    let said = Some(format!("The attribute {} has been saved.", attribute.label.as_str()));
    Ok(Reply { toast: said, ..Reply::go(crate::paths::attributes(&org)) })
}

/// Deletes an attribute with all its values; `confirm` is its key, typed.
#[server(prefix = "/api", endpoint = "attributes/delete")]
pub async fn delete_attribute(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] confirm: String,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let attribute = cx.answer(cx.rollcall.delete_attribute(&cx.caller, &org, &id, &confirm).await)?;
    let said = Some(format!("The attribute {} has been deleted.", attribute.label.as_str()));
    Ok(Reply { toast: said, ..Reply::go(crate::paths::attributes(&org)) })
}

/// Gives somebody values of their own: `id` is the person, `value` what was typed, `values` the boxes that were checked.
#[server(prefix = "/api", endpoint = "attributes/set_of_person")]
pub async fn set_person_attribute(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] attribute: String,
    #[server(default)] value: String,
    #[server(default)] values: Vec<String>,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::SetValues { text: value, boxes: values };
    let done = cx.rollcall.set_person_attribute(&cx.caller, &org, (&id, &attribute), &form).await;
    cx.answer(done).map(|of| Reply::toast(format!("{} has been saved.", of.label.as_str())))
}

/// Gives a group values: `id` is the group.
#[server(prefix = "/api", endpoint = "attributes/set_of_group")]
pub async fn set_group_attribute(
    #[server(default)] org: String,
    #[server(default)] id: String,
    #[server(default)] attribute: String,
    #[server(default)] value: String,
    #[server(default)] values: Vec<String>,
) -> Result<Reply, Problem> {
    let cx = crate::ssr::context()?;
    let form = service::SetValues { text: value, boxes: values };
    let done = cx.rollcall.set_group_attribute(&cx.caller, &org, (&id, &attribute), &form).await;
    cx.answer(done).map(|of| Reply::toast(format!("{} has been saved.", of.label.as_str())))
}
