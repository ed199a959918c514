//! The courses that essays are written in.
use crate::event::text::wire_enum;

wire_enum! {
    /// A course of upper secondary school: English 5 to 7, Swedish 1 to 3.
    CourseCode {
        Eng5 = "ENG5",
        Eng6 = "ENG6",
        Eng7 = "ENG7",
        Sv1 = "SV1",
        Sv2 = "SV2",
        Sv3 = "SV3",
    }
}
