//! What travels beside the bytes.

use std::collections::BTreeMap;

use rdkafka::message::{Header, Headers, OwnedHeaders};

/// Headers as the broker takes them.
pub(crate) fn outgoing(headers: &BTreeMap<String, String>) -> OwnedHeaders {
    let empty = OwnedHeaders::new_with_capacity(headers.len());
    headers.iter().fold(empty, |all, (key, value)| all.insert(Header { key, value: Some(value) }))
}

/// Headers as they came; one that is not text is read as well as it can be.
pub(crate) fn incoming<H: Headers>(headers: Option<&H>) -> BTreeMap<String, String> {
    let text = |header: Header<'_, &[u8]>| {
        let value = String::from_utf8_lossy(header.value.unwrap_or_default()).into_owned();
        (header.key.to_owned(), value)
    };
    headers.map(|headers| headers.iter().map(text).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_come_back_as_they_went() {
        let headers = BTreeMap::from([("event_id", "1"), ("källa", "å")]);
        let headers = headers.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
        assert_eq!(incoming(Some(&outgoing(&headers))), headers);
        assert!(incoming::<OwnedHeaders>(None).is_empty());
    }
}
