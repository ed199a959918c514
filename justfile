# Every gate, reading only.
verify:
    scripts/verify

# The only recipe that writes.
fix:
    scripts/fix

# Simulated worlds of the workflow, COUNT of them, on every core: a broken promise is shrunk and saved as a log.
soak COUNT FROM="1000":
    CJ_SOAK={{COUNT}} CJ_SOAK_FROM={{FROM}} cargo test --profile dist -p cj-testkit --test simulation as_many -- --nocapture

# The README's first command.
run *ARGS:
    cargo run --release --bin cj -- run examples/data/essays {{ARGS}}
