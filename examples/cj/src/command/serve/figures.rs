//! Metrics, for whoever scrapes them.

use std::net::SocketAddr;

use metrics_exporter_prometheus::PrometheusBuilder;

use crate::error::Error;
use crate::store::chain;

/// Answers `GET /metrics` at an address with what is counted, in the text format of Prometheus.
///
/// # Errors
/// [`Error::Usage`] for an address that cannot be listened at.
pub(super) fn expose(address: SocketAddr) -> Result<(), Error> {
    let wrong = |error: &dyn std::error::Error| Error::usage(format!("--metrics {address}: {}", chain(error)));
    let exporter = PrometheusBuilder::new().with_http_listener(address);
    let exporter = exporter.set_buckets(BUCKETS).map_err(|error| wrong(&error))?;
    exporter.install().map_err(|error| wrong(&error))
}

/// Seconds: from an answer at once to a batch that was idle for too long.
const BUCKETS: &[f64] = &[0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 900.0, 3_600.0, 14_400.0];
