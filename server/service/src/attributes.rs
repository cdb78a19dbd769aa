//! Attributes of people (B39): defining them, and giving people and groups values.

use model::{
    Action, AttributeId, OrgId, Permission,
    attribute::{
        Attribute, AttributeKey, AttributeLabel, Audience, Count, ListedAttribute, MOST, PersonAttribute, Unchangeable,
        Usage, ValueType, Values, options,
    },
    decide,
    group::description,
    id::{Id, InvalidId},
};
use serde_json::json;
use store::{Handle, StoreError, attributes};

use crate::{Caller, Error, Rollcall, audit::To, change::Change, error::Fields, groups::group_of};

/// A definition, as entered.
#[derive(Debug, Clone, Default)]
pub struct DefineAttribute {
    /// By what applications know it; that of an attribute that there is stays as it is.
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
    /// What whoever has no other value has; several on lines.
    pub default: String,
    /// The code of who sees a value.
    pub seen_by: String,
    /// The code of who changes it.
    pub edited_by: String,
}

/// Values, as entered.
#[derive(Debug, Clone, Default)]
pub struct SetValues {
    /// What was typed; several on lines. Nothing takes the value away.
    pub text: String,
    /// The boxes that were checked.
    pub boxes: Vec<String>,
}

impl Rollcall {
    /// The attributes of an organization, each with how many have a value of their own.
    ///
    /// # Errors
    /// [`Error::Denied`] for somebody who may not see people.
    pub async fn attributes(&self, caller: &Caller, org: &str) -> Result<Vec<ListedAttribute>, Error> {
        let viewer = self.viewer(caller, org).await?;
        decide(&viewer.actor, Action::ViewPeople, None)?;
        let mut conn = self.db.read().await?;
        let org_id = &viewer.actor.org_id;
        let usages = attributes::usages(&mut conn, org_id).await?;
        let usage_of = |id: &AttributeId| usages.iter().find(|(of, _)| of == id).map(|(_, usage)| *usage);
        let listed = |attribute: Attribute| {
            let usage = usage_of(&attribute.id).unwrap_or_default();
            ListedAttribute { attribute, usage }
        };
        Ok(attributes::of_organization(&mut conn, org_id).await?.into_iter().map(listed).collect())
    }

    /// What whoever asks may see of their own attributes, whatever their role.
    ///
    /// # Errors
    /// [`Error::NotSignedIn`], [`Error::NotFound`], [`Error::Denied`] for somebody whose access has ended.
    pub async fn own_attributes(&self, caller: &Caller, org: &str) -> Result<Vec<PersonAttribute>, Error> {
        let viewer = self.viewer(caller, org).await?;
        let profile = self.profile_of(caller, &viewer, &viewer.actor.membership_id).await?;
        Ok(profile.attributes.into_iter().filter(|of| of.attribute.is_seen_by_person()).collect())
    }

    /// Defines an attribute.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`], [`Error::Conflict`] where there are as many as there may be.
    pub async fn create_attribute(
        &self,
        caller: &Caller,
        org: &str,
        form: DefineAttribute,
    ) -> Result<Attribute, Error> {
        let mut change = self.change(caller, org).await?;
        // Before anything is said about what was entered.
        let permit = decide(change.actor(), Action::ManageAttributes, None)?;
        let attribute = described(self.fresh(change.now), None, &form)?;
        if attributes::count(&mut change.tx, permit.org_id()).await? >= MOST as u64 {
            let why = format!("There can be {MOST} attributes here. Delete one that nobody needs first.");
            return Err(Error::Conflict(why));
        }
        attributes::insert(&mut change.tx, &permit, &attribute, change.now).await.map_err(taken)?;
        let detail = json!({ "value_type": attribute.value_type.label() });
        self.note(&mut change, "attribute.created", To::from(&attribute), &detail).await?;
        change.tx.commit().await?;
        Ok(attribute)
    }

    /// Changes a definition, as far as the values that are there allow it.
    ///
    /// # Errors
    /// [`Error::Invalid`] by field, [`Error::Denied`], [`Error::NotFound`].
    pub async fn update_attribute(
        &self,
        caller: &Caller,
        org: &str,
        id: &str,
        form: DefineAttribute,
    ) -> Result<Attribute, Error> {
        let mut change = self.change(caller, org).await?;
        let permit = decide(change.actor(), Action::ManageAttributes, None)?;
        let before = attribute_of(&mut change.tx, permit.org_id(), id).await?;
        let after = described(before.id.clone(), Some(&before), &form)?;
        let usage = self.usage_of(&mut change, &before).await?;
        if let Err(why) = before.may_become(after.value_type, after.count, usage) {
            let field = if matches!(why, Unchangeable::Count(_)) { "count" } else { "value_type" };
            return Err(Error::field(field, why));
        }
        for option in before.without(&after.options) {
            let usage = attributes::usage_of_value(&mut change.tx, &before, &option).await?;
            if !usage.is_none() {
                return Err(Error::field("options", Unchangeable::Option { option, usage }));
            }
        }
        let differs = [
            ("label", after.label != before.label),
            ("description", after.description != before.description),
            ("type", after.value_type != before.value_type),
            ("options", after.options != before.options),
            ("number of values", after.count != before.count),
            ("default", after.default != before.default),
            ("who sees it", after.seen_by != before.seen_by),
            ("who edits it", after.edited_by != before.edited_by),
        ];
        let fields: Vec<&str> = differs.into_iter().filter(|(_, differs)| *differs).map(|(what, _)| what).collect();
        if fields.is_empty() {
            return Ok(after);
        }
        attributes::update(&mut change.tx, &permit, &after).await?;
        self.note(&mut change, "attribute.changed", To::from(&after), &json!({ "fields": fields })).await?;
        change.tx.commit().await?;
        Ok(after)
    }

    /// Deletes an attribute with all its values, once its key was typed.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the key was not typed, [`Error::Denied`], [`Error::NotFound`].
    pub async fn delete_attribute(
        &self,
        caller: &Caller,
        org: &str,
        id: &str,
        confirm: &str,
    ) -> Result<Attribute, Error> {
        let mut change = self.change(caller, org).await?;
        let permit = decide(change.actor(), Action::ManageAttributes, None)?;
        let attribute = attribute_of(&mut change.tx, permit.org_id(), id).await?;
        if confirm.trim() != attribute.key.as_str() {
            return Err(Error::field("confirm", format!("Type {} to confirm.", attribute.key.as_str())));
        }
        let usage = self.usage_of(&mut change, &attribute).await?;
        attributes::delete(&mut change.tx, &permit, &attribute.id).await?;
        let detail = json!({ "lost": (!usage.is_none()).then(|| usage.in_words()) });
        self.note(&mut change, "attribute.deleted", To::from(&attribute), &detail).await?;
        change.tx.commit().await?;
        Ok(attribute)
    }

    async fn usage_of(&self, change: &mut Change, of: &Attribute) -> Result<Usage, Error> {
        let usages = attributes::usages(&mut change.tx, &change.viewer.actor.org_id).await?;
        Ok(usages.into_iter().find(|(id, _)| *id == of.id).map(|(_, usage)| usage).unwrap_or_default())
    }

    /// Gives somebody values of their own, or takes them away: who manages attributes, or the person where that was allowed.
    /// Also of who is only invited (B19). Yields the attribute.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::Denied`], [`Error::NotFound`].
    pub async fn set_person_attribute(
        &self,
        caller: &Caller,
        org: &str,
        (person, attribute): (&str, &str),
        form: &SetValues,
    ) -> Result<Attribute, Error> {
        let mut change = self.change(caller, org).await?;
        let org_id = change.viewer.actor.org_id.clone();
        let id = Id::parse(person).map_err(|InvalidId| Error::NotFound)?;
        let attribute = attribute_of(&mut change.tx, &org_id, attribute).await?;
        let action = attribute.setting(change.actor(), &id);
        let (person, permit) = change.permit_on(person, action).await?;
        let values = read(&attribute, form)?;
        attributes::set_of_person(&mut change.tx, &permit, &attribute, &values).await?;
        self.note(&mut change, "attribute.set", To::from(&person), &told(&attribute, &values)).await?;
        change.tx.commit().await?;
        Ok(attribute)
    }

    /// Gives a group values, or takes them away. Yields the attribute.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::Denied`], [`Error::NotFound`].
    pub async fn set_group_attribute(
        &self,
        caller: &Caller,
        org: &str,
        (group, attribute): (&str, &str),
        form: &SetValues,
    ) -> Result<Attribute, Error> {
        let mut change = self.change(caller, org).await?;
        change.actor().may_change(Permission::ManageAttributes)?;
        let permit = decide(change.actor(), Action::ManageAttributes, None)?;
        let group = group_of(&mut change.tx, permit.org_id(), group).await?;
        let attribute = attribute_of(&mut change.tx, permit.org_id(), attribute).await?;
        let values = read(&attribute, form)?;
        attributes::set_of_group(&mut change.tx, &permit, &group.id, &attribute, &values).await?;
        self.note(&mut change, "attribute.set_of_group", To::from(&group), &told(&attribute, &values)).await?;
        change.tx.commit().await?;
        Ok(attribute)
    }
}

/// An attribute of an organization.
async fn attribute_of<H: Handle>(h: &mut H, org_id: &OrgId, id: &str) -> Result<Attribute, Error> {
    let id = Id::parse(id).map_err(|InvalidId| Error::NotFound)?;
    attributes::by_id(h, org_id, &id).await?.ok_or(Error::NotFound)
}

fn read(attribute: &Attribute, form: &SetValues) -> Result<Values, Error> {
    attribute.read(&form.text, &form.boxes).map_err(|why| Error::field("value", why))
}

/// What the audit log tells of values.
fn told(attribute: &Attribute, values: &Values) -> serde_json::Value {
    /// A line stays readable, however many there are.
    const MOST_CHARS: usize = 200;
    let shown = attribute.shown_all(values);
    let value: String = shown.chars().take(MOST_CHARS).collect();
    let value = if value.len() < shown.len() { format!("{value}…") } else { value };
    json!({
        "attribute": attribute.label.as_str(),
        "attribute_id": attribute.id,
        "value": (!values.is_empty()).then_some(value),
    })
}

/// The attribute that a form describes.
fn described(id: AttributeId, before: Option<&Attribute>, form: &DefineAttribute) -> Result<Attribute, Error> {
    let mut fields = Fields::default();
    let key = match before {
        Some(before) => Some(before.key.clone()),
        None => fields.take("key", AttributeKey::parse(&form.key)),
    };
    let label = fields.take("label", AttributeLabel::parse(&form.label));
    let description = fields.take("description", description(&form.description));
    let value_type = fields.take("value_type", ValueType::from_code(&form.value_type).ok_or("Choose a type."));
    let count = Count::from_code(&form.count).ok_or("Choose how many values there can be.");
    let count = match (value_type, count) {
        (Some(value_type), Ok(count)) => fields.take("count", Attribute::check_count(value_type, count)),
        (_, count) => fields.take("count", count),
    };
    let options = match value_type {
        Some(ValueType::List) => fields.take("options", options(&form.options)),
        _ => Some(Vec::new()),
    };
    let seen_by = fields.take("seen_by", Audience::from_code(&form.seen_by).ok_or("Choose who sees it."));
    let edited_by = fields.take("edited_by", Audience::from_code(&form.edited_by).ok_or("Choose who edits it."));
    if let (Some(seen_by), Some(edited_by)) = (seen_by, edited_by) {
        fields.take("edited_by", Attribute::check_audience(seen_by, edited_by));
    }
    let made = (|| {
        Some(Attribute {
            id,
            key: key?,
            label: label?,
            description: description?,
            value_type: value_type?,
            options: options?,
            count: count?,
            default: Values::default(),
            seen_by: seen_by?,
            edited_by: edited_by?,
        })
    })();
    let Some(mut attribute) = made else {
        fields.check()?;
        return Err(Error::Internal);
    };
    if let Some(default) = fields.take("default", attribute.read(&form.default, &[])) {
        attribute.default = default;
    }
    fields.check()?;
    Ok(attribute)
}

fn taken(error: StoreError) -> Error {
    match error {
        StoreError::Taken => Error::field("key", "Another attribute here has this key."),
        other => other.into(),
    }
}
