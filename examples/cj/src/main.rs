//! The command line of the comparative-judgement engine.
fn main() {}
