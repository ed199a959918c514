//! Codes on their way out: what is stored as a code is shown as the same code.

use serde::{Serialize, Serializer};

use super::{ComparisonState, DecisionRole, EssayStatus, Phase, Winner};

macro_rules! as_code {
    ($($name:ident by $method:ident),+ $(,)?) => {
        $(impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.$method())
            }
        })+
    };
}

as_code!(ComparisonState by code, DecisionRole by code, EssayStatus by code, Phase by name, Winner by code);
