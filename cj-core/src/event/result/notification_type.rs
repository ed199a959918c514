//! What teachers are told about.
use crate::event::text::wire_enum;

wire_enum! {
    /// What a notification belongs to, on a teacher's screen.
    NotificationCategory {
        BatchProgress = "batch_progress",
        ProcessingResults = "processing_results",
        FileOperations = "file_operations",
        ClassManagement = "class_management",
        StudentWorkflow = "student_workflow",
        SystemAlerts = "system_alerts",
    }
}

wire_enum! {
    /// How soon a notification is to be seen.
    NotificationPriority {
        Critical = "critical",
        Immediate = "immediate",
        High = "high",
        Standard = "standard",
        Low = "low",
    }
}

wire_enum! {
    /// What a teacher is told. On the wire the set is open; these are the kinds that are known.
    NotificationType {
        BatchFilesUploaded = "batch_files_uploaded",
        BatchFileRemoved = "batch_file_removed",
        BatchValidationFailed = "batch_validation_failed",
        ClassCreated = "class_created",
        StudentAddedToClass = "student_added_to_class",
        ValidationTimeoutProcessed = "validation_timeout_processed",
        StudentAssociationsConfirmed = "student_associations_confirmed",
        BatchSpellcheckCompleted = "batch_spellcheck_completed",
        BatchCjAssessmentCompleted = "batch_cj_assessment_completed",
        BatchProcessingStarted = "batch_processing_started",
        BatchResultsReady = "batch_results_ready",
        BatchAssessmentCompleted = "batch_assessment_completed",
        BatchPipelineCompleted = "batch_pipeline_completed",
        BatchStatusUpdated = "batch_status_updated",
        PhaseSkipped = "phase_skipped",
    }
}

impl NotificationType {
    /// What it belongs to.
    pub const fn category(self) -> NotificationCategory {
        match self {
            Self::BatchFilesUploaded | Self::BatchFileRemoved => NotificationCategory::FileOperations,
            Self::BatchValidationFailed => NotificationCategory::SystemAlerts,
            Self::ClassCreated | Self::StudentAddedToClass => NotificationCategory::ClassManagement,
            Self::ValidationTimeoutProcessed | Self::StudentAssociationsConfirmed => {
                NotificationCategory::StudentWorkflow
            }
            Self::BatchResultsReady | Self::BatchAssessmentCompleted | Self::BatchPipelineCompleted => {
                NotificationCategory::ProcessingResults
            }
            Self::BatchSpellcheckCompleted
            | Self::BatchCjAssessmentCompleted
            | Self::BatchProcessingStarted
            | Self::BatchStatusUpdated
            | Self::PhaseSkipped => NotificationCategory::BatchProgress,
        }
    }

    /// How soon it is to be seen.
    pub const fn priority(self) -> NotificationPriority {
        match self {
            Self::BatchValidationFailed | Self::ValidationTimeoutProcessed => NotificationPriority::Immediate,
            Self::StudentAssociationsConfirmed | Self::BatchResultsReady | Self::BatchPipelineCompleted => {
                NotificationPriority::High
            }
            Self::BatchFilesUploaded
            | Self::BatchFileRemoved
            | Self::ClassCreated
            | Self::BatchCjAssessmentCompleted
            | Self::BatchAssessmentCompleted
            | Self::BatchStatusUpdated => NotificationPriority::Standard,
            Self::StudentAddedToClass
            | Self::BatchSpellcheckCompleted
            | Self::BatchProcessingStarted
            | Self::PhaseSkipped => NotificationPriority::Low,
        }
    }

    /// Whether the teacher has to do something.
    pub const fn needs_action(self) -> bool {
        matches!(self, Self::BatchValidationFailed)
    }
}

#[cfg(test)]
mod tests {
    use super::NotificationType;

    #[test]
    fn every_kind_has_its_category_and_priority() {
        let due = [
            ("batch_files_uploaded", "file_operations", "standard"),
            ("batch_file_removed", "file_operations", "standard"),
            ("batch_validation_failed", "system_alerts", "immediate"),
            ("class_created", "class_management", "standard"),
            ("student_added_to_class", "class_management", "low"),
            ("validation_timeout_processed", "student_workflow", "immediate"),
            ("student_associations_confirmed", "student_workflow", "high"),
            ("batch_spellcheck_completed", "batch_progress", "low"),
            ("batch_cj_assessment_completed", "batch_progress", "standard"),
            ("batch_processing_started", "batch_progress", "low"),
            ("batch_results_ready", "processing_results", "high"),
            ("batch_assessment_completed", "processing_results", "standard"),
            ("batch_pipeline_completed", "processing_results", "high"),
            ("batch_status_updated", "batch_progress", "standard"),
            ("phase_skipped", "batch_progress", "low"),
        ];
        let found = NotificationType::ALL
            .iter()
            .map(|kind| (kind.as_str(), kind.category().as_str(), kind.priority().as_str()));
        assert_eq!(found.collect::<Vec<_>>(), due);
        let action = NotificationType::ALL.iter().filter(|kind| kind.needs_action());
        assert_eq!(action.collect::<Vec<_>>(), [&NotificationType::BatchValidationFailed]);
    }
}
