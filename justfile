# Every gate, reading only.
verify:
    scripts/verify

# The only recipe that writes.
fix:
    scripts/fix

# Simulated worlds of the workflow, COUNT of them, on every core: a broken promise is shrunk and saved as a log.
soak COUNT FROM="1000":
    CJ_SOAK={{COUNT}} CJ_SOAK_FROM={{FROM}} cargo test --profile dist -p cj-testkit --test simulation as_many -- --nocapture

# Every mutant of the state machine, or of one FILE of it (`just mutants settle`): a test fails for each, or docs/mutants.md
# says why none does. Wants `cargo install cargo-mutants`.
mutants FILE="*":
    cargo mutants --package cj-core --all-features --file 'cj-core/src/batch/{{FILE}}.rs' \
        --cargo-arg=--config --cargo-arg=profile.dev.package.cj-core.opt-level=0 \
        --cargo-arg=--lib --cargo-arg=--test --cargo-arg=workflow -- -- batch:: the_machine

# The README's first command.
run *ARGS:
    cargo run --release --bin cj -- run examples/data/essays {{ARGS}}
