//! A teacher is to be told something.
use super::{NotificationCategory, NotificationPriority, NotificationType};
use crate::event::check::At;
use crate::event::contract::sealed::Sealed;
use crate::event::{Contract, ContractError, OpenMap, Timestamp, Topic};
use serde::{Deserialize, Serialize};

/// A teacher is to be told something. Who sends it has made sure that it is the teacher's to know.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct TeacherNotificationRequestedV1 {
    /// Who is told.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub teacher_id: String,
    /// What about; an open set, of which `NotificationType` is what is known.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub notification_type: String,
    /// What it belongs to.
    pub category: NotificationCategory,
    /// How soon it is to be seen.
    pub priority: NotificationPriority,
    /// What is told.
    pub payload: OpenMap,
    /// Whether the teacher has to do something.
    #[serde(default)]
    pub action_required: bool,
    /// Until when.
    pub deadline_timestamp: Option<Timestamp>,
    /// Correlation id of what it is about.
    pub correlation_id: String,
    /// The batch it is about.
    pub batch_id: Option<String>,
    /// The class it is about.
    pub class_id: Option<String>,
    /// When it was sent.
    pub timestamp: Timestamp,
}

impl TeacherNotificationRequestedV1 {
    /// A notification with the category and priority of its kind.
    pub fn new(
        teacher_id: &str,
        kind: NotificationType,
        payload: OpenMap,
        correlation_id: &str,
        at: Timestamp,
    ) -> Self {
        Self {
            teacher_id: teacher_id.to_owned(),
            notification_type: kind.as_str().to_owned(),
            category: kind.category(),
            priority: kind.priority(),
            payload,
            action_required: kind.needs_action(),
            deadline_timestamp: None,
            correlation_id: correlation_id.to_owned(),
            batch_id: None,
            class_id: None,
            timestamp: at,
        }
    }
}

impl Sealed for TeacherNotificationRequestedV1 {}

impl Contract for TeacherNotificationRequestedV1 {
    const NAME: &'static str = "TeacherNotificationRequestedV1";
    const TOPIC: Topic = Topic::TeacherNotification;
    const EVENT_TYPE: &'static str = Topic::TeacherNotification.as_str();

    fn check(&self) -> Result<(), ContractError> {
        let at = At::root(Self::NAME);
        at.field("teacher_id").foreign_id(&self.teacher_id)?;
        at.field("notification_type").foreign_id(&self.notification_type)
    }
}
