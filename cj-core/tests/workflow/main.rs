//! The state machine beside a simple model of it: whatever happens to a batch, both say the same.

mod agreement;
mod model;
mod moves;
mod rows;
mod script;
mod world;

use proptest::prelude::*;
use script::script;
use world::World;

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn the_machine_does_what_the_model_says(script in script()) {
        let mut world = World::new(script.terms);
        for (place, step) in script.steps.iter().enumerate() {
            world.takes(step).map_err(|detail| TestCaseError::fail(format!("step {place}, {step:?}: {detail}")))?;
        }
    }
}
