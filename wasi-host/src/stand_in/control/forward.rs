//! `POST /auth/devicename` for a page: a browser may not post to another host, so this address passes the
//! form on.
//!
//! Without a query it goes to this stand-in. With `?host=iot-auth.${region}.aliyuncs.com` it goes to the
//! platform itself, over HTTPS; only the hosts of the known regions are taken, so that nothing else can be
//! reached through here. The form holds a signature, never the secret.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use tern_core::auth::{AuthUrl, HttpRequest, default_auth_url};
use tern_core::identity::Region;
use tokio::sync::Notify;

use super::{Control, failure};
use crate::https::{self, Deadlines};
use crate::stand_in::auth;
use crate::transport::TlsSettings;

/// Forms under way to the platform at once: each takes a thread for as long as it lasts.
pub(super) const MAX_FORWARDS: usize = 8;

pub(super) async fn forward(
    State(control): State<Control>,
    Query(query): Query<HashMap<String, String>>,
    body: Bytes,
) -> Response {
    let Some(host) = query.get("host") else {
        return auth::answer(&control.hub, &body);
    };
    let Some(url) = url_of(host) else {
        let known = Region::ALL.map(host_of).join(", ");
        let text = format!("host {host:?}: forms are passed on to {known} only");
        return failure(StatusCode::FORBIDDEN, text);
    };
    let Ok(body) = String::from_utf8(body.to_vec()) else {
        return failure(
            StatusCode::BAD_REQUEST,
            "the body is no form: it is not UTF-8",
        );
    };
    pass_on(&control, &url, body).await
}

async fn pass_on(control: &Control, url: &AuthUrl, body: String) -> Response {
    let Ok(_permit) = control.forwards.try_acquire() else {
        let text = format!("{MAX_FORWARDS} forms are under way already; try again in a moment");
        return failure(StatusCode::SERVICE_UNAVAILABLE, text);
    };
    let request = HttpRequest {
        url: url.as_str().to_owned(),
        content_type: "application/x-www-form-urlencoded",
        body,
    };
    let ended = Arc::new(Notify::new());
    let wake = Arc::clone(&ended);
    let exchange = https::send(
        request,
        &TlsSettings::built_in(),
        Deadlines::default(),
        move || {
            wake.notify_one();
        },
    );
    let result = loop {
        if let Some(result) = exchange.try_take() {
            break result;
        }
        tokio::select! {
            () = ended.notified() => {}
            () = control.stop.asked() => {
                return failure(StatusCode::SERVICE_UNAVAILABLE, "the stand-in stops");
            }
        }
    };
    match result {
        Ok(reply) => {
            let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::BAD_GATEWAY);
            let kind = [(header::CONTENT_TYPE, "application/json;charset=utf-8")];
            (status, kind, reply.body.to_vec()).into_response()
        }
        Err(error) => failure(StatusCode::BAD_GATEWAY, error.to_string()),
    }
}

fn host_of(region: Region) -> String {
    format!("iot-auth.{region}.aliyuncs.com")
}

/// The address behind a host's name, if it is one of the platform's.
fn url_of(host: &str) -> Option<AuthUrl> {
    Region::ALL
        .into_iter()
        .find(|region| host_of(*region) == host)
        .map(default_auth_url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_has_its_host() {
        for region in Region::ALL {
            let url = url_of(&host_of(region)).expect("known");
            assert_eq!(
                url.as_str(),
                format!("https://{}/auth/devicename", host_of(region))
            );
        }
    }
}
