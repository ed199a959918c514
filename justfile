# Every gate, reading only.
verify:
    scripts/verify

# The only recipe that writes.
fix:
    scripts/fix

# The README's first command.
run *ARGS:
    cargo run --release --bin cj -- run examples/data/essays {{ARGS}}
