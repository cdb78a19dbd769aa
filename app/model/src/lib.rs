//! The one model that browser and server share: what a person, a role, a permission, an invitation *is*, and every
//! rule about them. Pure: no input or output, no clock, no randomness. Both arrive as parameters, so that each rule
//! is a table of cases in a test and the browser can ask the same question that the server will enforce.

pub mod account;
pub mod activity;
pub mod attribute;
pub mod authority;
pub mod bulk;
pub mod connection;
pub mod custom_role;
pub mod domain;
pub mod email;
pub mod ends;
pub mod explain;
pub mod group;
pub mod id;
pub mod import;
pub mod invitation;
pub mod mail_profile;
pub mod name;
pub mod net;
pub mod organization;
pub mod ownership;
pub mod partner;
pub mod password;
pub mod people;
pub mod permission;
pub mod policy;
pub mod query_string;
pub mod removal;
pub mod request;
pub mod role;
pub mod rules;
pub mod session;
mod set;
pub mod status;
pub mod support;
pub mod text;
pub mod time;

pub use authority::{Action, Actor, Denial, Holding, Permit, Target, decide};
pub use custom_role::{CustomRole, Grant, RoleChoice};
pub use email::Email;
pub use ends::Ends;
pub use group::{GroupGives, GroupGrants};
pub use id::{
    AccountLinkId, AttributeId, AuditId, ConnectionId, ConnectionRoleId, DataModelId, DomainId, GroupId, InvitationId,
    JobId, MembershipId, OfferId, OrgId, OutboxId, RecordId, ReferralId, RequestId, RoleId, SessionId, UserId, ViewId,
};
pub use name::{OrgName, PersonName, Slug};
pub use organization::OrgKind;
pub use permission::{Area, Permission, PermissionSet};
pub use policy::{Policies, Preset};
pub use role::Role;
pub use status::{Kind, PersonState, Source, Status};
pub use time::Timestamp;
