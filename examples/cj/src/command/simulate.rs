//! `cj simulate`.
